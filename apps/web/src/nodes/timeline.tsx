import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Node } from '../api/types';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';

/** What happened to a node, the newest first. */
export const Timeline = ({ node }: { readonly node: Node }) => {
  const query = useQuery(reading(call('get', '/api/v2/nodes/{key}/timeline', { path: { key: node.id } })));
  return (
    <Loaded of={query}>
      {({ items }) => (
        <Table aria-label="What happened">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="8rem">When</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>By</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map(({ at, kind, node_role: nodeRole, actor, data }, index) => (
              <Table.Tr key={`${at} ${index}`}>
                <Table.Td>
                  <Since at={at} />
                </Table.Td>
                <Table.Td>
                  {kind} {nodeRole ?? ''} <code>{JSON.stringify(data)}</code>
                </Table.Td>
                <Table.Td>{actor}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Loaded>
  );
};
