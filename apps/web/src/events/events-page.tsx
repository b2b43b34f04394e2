import { Group, Stack, Switch, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
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
  readonly data: unknown;
}

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
          { id: 'data', label: 'More', width: 4, cell: ({ data }: Event) => <code>{JSON.stringify(data)}</code> },
          { id: 'actor', label: 'By', cell: ({ actor }: Event) => actor },
        ]}
        idOf={({ seq }: Event) => String(seq)}
        label="Events"
        empty="Nothing like this has happened."
      />
    </Stack>
  );
};
