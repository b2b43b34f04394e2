import { Anchor, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { Loaded } from '../shell/page';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';

type Vote = components['schemas']['Vote'];

/** What people think of the tests of a guideline: how many for and against each, and who says what. */
export const VoteList = ({ guideline }: { readonly guideline: string }) => {
  const tally = useQuery(reading(call('get', '/api/v2/guidelines/{key}/votes/tally', { path: { key: guideline } })));
  const votes = usePages<Vote>(
    call('get', '/api/v2/guidelines/{key}/votes', { path: { key: guideline }, query: { sort: '-updated_at' } }),
  );
  const linked = (test: string) => (
    <Anchor component={Link} to={`/guidelines/${guideline}?tab=tests&test=${encodeURIComponent(test)}`} size="sm">
      {test}
    </Anchor>
  );
  const columns: readonly Column<Vote>[] = [
    { id: 'test', label: 'Test', width: 4, cell: ({ test }) => linked(test) },
    { id: 'user', label: 'User', cell: ({ user }) => user },
    { id: 'vote', label: 'Vote', cell: ({ vote }) => (vote === 1 ? 'for it' : 'against it') },
    { id: 'reason', label: 'Reason', width: 3, cell: ({ reason }) => <span title={reason}>{reason}</span> },
    { id: 'at', label: 'When', cell: ({ updated_at: at }) => <Since at={at} /> },
  ];
  return (
    <Stack>
      <Text size="sm">Votes change no verdict. To vote, open a test.</Text>
      <Loaded of={tally}>
        {({ items }) =>
          items.length === 0 ? null : (
            <Table aria-label="Votes counted">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Test</Table.Th>
                  <Table.Th>For it</Table.Th>
                  <Table.Th>Against it</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(({ test, up, down }) => (
                  <Table.Tr key={test}>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{linked(test)}</Table.Td>
                    <Table.Td>{up}</Table.Td>
                    <Table.Td>{down}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
      <Rows of={votes} columns={columns} idOf={({ id }: Vote) => id} label="Votes" empty="Nobody has voted yet." />
    </Stack>
  );
};
