import { Group, Switch, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { useLive } from '../live/live';
import { Page } from '../shell/page';
import { Rows } from '../shell/rows';

interface Event {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly actor: string;
  readonly data: unknown;
}

const TYPING_MS = 300;

/** The history, the newest first: everything that became true, in the order in which it did. */
export const EventsPage = () => {
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
    <Page title="Events">
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
    </Page>
  );
};
