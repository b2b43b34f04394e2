import { Anchor, Group, Stack, Switch, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { useAsked } from '../ask/use-asked';
import { useTyping } from '../ask/use-typing';
import { useLive } from '../live/live';
import { Rows } from '../shell/rows';

interface Event {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly actor: string;
  readonly node_role_id: string | null;
  readonly node_id: string | null;
  readonly deployment_id: string | null;
  readonly data: unknown;
}

/** What an event is about, the narrowest of it; null when it is about nothing that has a page. */
const aboutOf = ({ node_role_id: nodeRole, node_id: node, deployment_id: deployment }: Event) =>
  nodeRole
    ? { to: `/node-roles/${nodeRole}`, word: 'noderole' }
    : node
      ? { to: `/nodes/${node}`, word: 'node' }
      : deployment
        ? { to: `/deployments/${deployment}`, word: 'deployment' }
        : null;

const About = ({ of }: { readonly of: Event }) => {
  const about = aboutOf(of);
  return about === null ? (
    '—'
  ) : (
    <Anchor component={Link} to={about.to} size="sm">
      {about.word}
    </Anchor>
  );
};

export interface EventListProps {
  /** Conditions that hold for all that is listed, beside those that are typed; everything when empty. */
  readonly within?: string;
  /** Whose news are followed; all when absent. */
  readonly news?: { readonly node: string };
  /** What else narrows it. */
  readonly more?: ReactNode;
}

const NOTHING_ASKED = { filter: '', before: '', still: '' };

/** The history, the newest first: everything that became true, in the order in which it did. The server filters and pages it. */
export const EventList = ({ within = '', news, more }: EventListProps) => {
  const [{ filter, before, still }, ask] = useAsked(NOTHING_ASKED);
  const [typed, field] = useTyping(filter, (text) => ask({ filter: text }));
  const moment = new Date(before);
  const conditions = [
    within,
    typed.trim(),
    Number.isNaN(moment.getTime()) ? '' : `at le ${JSON.stringify(moment.toISOString())}`,
  ].filter((each) => each !== '');
  const query = usePages<Event>(
    call('get', '/api/v2/events', { query: { sort: '-seq', filter: conditions.join(' and ') } }),
    { isSearch: true },
  );
  useLive(still === '' ? (news ?? {}) : null, ['events']);
  return (
    <Stack>
      <Group align="end">
        <TextInput
          label="Filter"
          placeholder="kind eq node.dead"
          error={query.isError ? query.error.message : null}
          style={{ flex: 1 }}
          {...field}
        />
        <TextInput
          label="Up to this moment"
          type="datetime-local"
          step={1}
          value={before}
          onChange={({ currentTarget }) => ask({ before: currentTarget.value })}
        />
        <Switch
          label="Live"
          checked={still === ''}
          onChange={({ currentTarget }) => ask({ still: currentTarget.checked ? '' : 'yes' })}
          mb={8}
        />
      </Group>
      {more}
      <Rows
        of={query}
        columns={[
          { id: 'seq', label: 'Number', cell: ({ seq }: Event) => seq },
          {
            id: 'at',
            label: 'When',
            width: 1.6,
            cell: ({ at }: Event) => <time dateTime={at}>{at.replace('T', ' ').slice(0, 19)}</time>,
          },
          { id: 'kind', label: 'What', width: 1.6, cell: ({ kind }: Event) => kind },
          { id: 'about', label: 'Of', cell: (each: Event) => <About of={each} /> },
          {
            id: 'data',
            label: 'More',
            width: 3.4,
            cell: ({ data }: Event) => <code title={JSON.stringify(data, null, 1)}>{JSON.stringify(data)}</code>,
          },
          { id: 'actor', label: 'By', cell: ({ actor }: Event) => actor },
        ]}
        idOf={({ seq }: Event) => String(seq)}
        label="Events"
        empty="Nothing like this has happened."
      />
    </Stack>
  );
};
