import { Alert, Card, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useAsked } from '../ask/use-asked';
import type { Node } from '../api/types';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';
import { StateBadge } from '../state/state-badge';

const TYPING_MS = 300;
const OFFERED_MAX = '200';
/** Of a moment as it is written in ISO 8601, up to its seconds. */
const SECONDS_LENGTH = 19;

/** Travel in time: what one node was at a moment of the past, beside what it is now. */
export const NodeThen = () => {
  const [opened] = useState(() => new Date().toISOString().slice(0, SECONDS_LENGTH));
  const [{ node, at: moment }, ask] = useAsked({ node: '', at: opened });
  const [search, setSearch] = useState(node);
  const [typed] = useDebouncedValue(search, TYPING_MS);
  const nodes = useQuery(
    reading(
      call('get', '/api/v2/nodes', {
        query: {
          fields: 'name,system',
          limit: OFFERED_MAX,
          sort: 'name',
          filter: typed ? `system eq false and name contains ${JSON.stringify(typed)}` : 'system eq false',
        },
      }),
    ),
  );
  const at = new Date(`${moment}Z`);
  return (
    <Stack>
      <Group align="end">
        <Select
          label="Node"
          searchable
          searchValue={search}
          onSearchChange={setSearch}
          data={((nodes.data?.items ?? []) as Node[]).map(({ name }) => name)}
          value={node === '' ? null : node}
          // The moment is kept with it: the address shows the same to whoever gets it.
          onChange={(to) => ask({ node: to ?? '', at: moment }, { isStep: true })}
          miw={260}
        />
        <TextInput
          label="At this moment (UTC)"
          type="datetime-local"
          step={1}
          value={moment}
          onChange={({ currentTarget }) => ask({ at: currentTarget.value })}
        />
      </Group>
      {node === '' ? (
        <Text c="dimmed">Choose a node: it is shown as it was.</Text>
      ) : Number.isNaN(at.getTime()) ? (
        <Text c="dimmed">This is no moment.</Text>
      ) : (
        <Then node={node} at={at.toISOString()} />
      )}
    </Stack>
  );
};

const Then = ({ node, at }: { readonly node: string; readonly at: string }) => {
  const query = useQuery(reading(call('get', '/api/v2/nodes/{key}/past', { path: { key: node }, query: { at } })));
  return (
    <Loaded of={query}>
      {({ there, alive, available, state, node_roles: nodeRoles }) =>
        there ? (
          <Card withBorder data-testid="then">
            <Group gap="sm" mb="xs">
              <Text fw={600}>{node}</Text>
              <StateBadge state={state} />
              <Text size="sm">{alive ? 'alive' : 'dead'}</Text>
              <Text size="sm">{available ? 'free to be worked on' : 'held'}</Text>
            </Group>
            <Table aria-label={`${node} at ${at}`}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Noderole</Table.Th>
                  <Table.Th>Was</Table.Th>
                  <Table.Th>Since</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {nodeRoles.map(({ id, name, state: was, since }) => (
                  <Table.Tr key={id}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td>
                      <StateBadge state={was} />
                    </Table.Td>
                    <Table.Td>{since ? <Since at={since} /> : 'the history no longer says'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {nodeRoles.length === 0 ? <Text size="sm">Nothing was bound to it then.</Text> : null}
          </Card>
        ) : (
          <Alert color="blue" role="status">
            {node} was not there yet.
          </Alert>
        )
      }
    </Loaded>
  );
};
