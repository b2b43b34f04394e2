import { Alert, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Node } from '../api/types';
import { Loaded } from '../shell/page';

/** How often they are asked for, in milliseconds: nobody tells of packets. */
const PERIOD_MS = 5_000;

/** What a machine asked by the wire lately, and what it was answered, or why it was not. */
export const Packets = ({ node }: { readonly node: Node }) => {
  const query = useQuery({
    ...reading(call('get', '/api/v2/nodes/{key}/packets', { path: { key: node.id } })),
    refetchInterval: PERIOD_MS,
  });
  return (
    <Loaded of={query}>
      {({ packets, silent }) => (
        <>
          {silent.length > 0 ? (
            <Alert color="yellow" title="Some netboot servers did not answer">
              {silent.join(', ')}
            </Alert>
          ) : null}
          {packets.length === 0 ? (
            <Text c="dimmed" size="sm">
              No netboot server remembers a packet of it.
            </Text>
          ) : (
            <Table aria-label="Last packets">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>When</Table.Th>
                  <Table.Th>Asked</Table.Th>
                  <Table.Th>Got</Table.Th>
                  <Table.Th>Because</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {[...packets].reverse().map(({ at, service, asked, answered, why, server }, index) => (
                  <Table.Tr key={`${at} ${index}`}>
                    <Table.Td>
                      <time dateTime={at}>{at.slice(11, 23)}</time>
                    </Table.Td>
                    <Table.Td>
                      {service}: {asked}
                    </Table.Td>
                    <Table.Td>{answered ?? `nothing, from ${server}`}</Table.Td>
                    <Table.Td>{why.join('; ')}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </>
      )}
    </Loaded>
  );
};
