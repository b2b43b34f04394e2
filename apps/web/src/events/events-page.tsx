import { Anchor, Group, Stack, Switch, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { useLive } from '../live/live';
import { Page } from '../shell/page';
import { Rows } from '../shell/rows';
import { Tabbed, type Tab } from '../shell/tabbed';
import { NodeThen } from './node-then';

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

const TYPING_MS = 300;

const TABS: readonly Tab[] = [
  { value: 'events', label: 'History', view: () => <Events /> },
  { value: 'then', label: 'A node as it was', view: () => <NodeThen /> },
];

/** What happened, and what things were at a moment of the past. */
export const EventsPage = () => (
  <Page title="Events">
    <Tabbed tabs={TABS} />
  </Page>
);

/** The history, the newest first: everything that became true, in the order in which it did. */
const Events = () => {
  const [filter, setFilter] = useState('');
  const [before, setBefore] = useState('');
  const [isLive, setLive] = useState(true);
  const [typed] = useDebouncedValue(filter, TYPING_MS);
  const conditions = [
    typed.trim(),
    ...(before === '' ? [] : [`at le ${JSON.stringify(new Date(before).toISOString())}`]),
  ].filter((each) => each !== '');
  const query = usePages<Event>(
    call('get', '/api/v2/events', { query: { sort: '-seq', filter: conditions.join(' and ') } }),
  );
  useLive(isLive ? {} : null, ['events']);
  return (
    <Stack>
      <Group align="end">
        <TextInput
          label="Filter"
          placeholder="kind eq node.dead"
          value={filter}
          error={query.isError ? query.error.message : null}
          onChange={({ currentTarget }) => setFilter(currentTarget.value)}
          style={{ flex: 1 }}
        />
        <TextInput
          label="Up to this moment"
          type="datetime-local"
          step={1}
          value={before}
          onChange={({ currentTarget }) => setBefore(currentTarget.value)}
        />
        <Switch label="Live" checked={isLive} onChange={({ currentTarget }) => setLive(currentTarget.checked)} mb={8} />
      </Group>
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
