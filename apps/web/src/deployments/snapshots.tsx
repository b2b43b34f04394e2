import { Button, Group, Modal, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Deployment } from '../api/types';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';

/** The commits of a deployment, the newest first; any earlier one can be compared and proposed again. */
export const Snapshots = ({ deployment }: { readonly deployment: Deployment }) => {
  const query = useQuery(reading(call('get', '/api/v2/deployments/{key}/snapshots', { path: { key: deployment.id } })));
  const [compared, setCompared] = useState<string | null>(null);
  return (
    <Loaded of={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed">It has not been committed yet.</Text>
        ) : (
          <>
            <Table aria-label="Commits">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Commit</Table.Th>
                  <Table.Th>When</Table.Th>
                  <Table.Th>By</Table.Th>
                  <Table.Th>Note</Table.Th>
                  <Table.Th>Do</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(({ number, note, created_at: at, created_by: actor }) => (
                  <Table.Tr key={number}>
                    <Table.Td>{number}</Table.Td>
                    <Table.Td>
                      <Since at={at ?? null} />
                    </Table.Td>
                    <Table.Td>{actor}</Table.Td>
                    <Table.Td>{note}</Table.Td>
                    <Table.Td>
                      <Group gap="xs">
                        <Button size="compact-xs" variant="light" onClick={() => setCompared(String(number))}>
                          Compare with the last
                        </Button>
                        <ActButton
                          size="compact-xs"
                          act={{
                            label: 'Propose this again',
                            call: call('put', '/api/v2/deployments/{key}/snapshots/{snapshot}/propose', {
                              path: { key: deployment.id, snapshot: String(number) },
                            }),
                            command: `anneal snapshots propose ${deployment.name} ${number}`,
                            changes: ['deployments', 'node_roles', 'nodes'],
                            done: `what commit ${number} wished for is proposed again`,
                          }}
                        />
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {compared === null ? null : (
              <Difference deployment={deployment} from={compared} onClose={() => setCompared(null)} />
            )}
          </>
        )
      }
    </Loaded>
  );
};

const Difference = (props: {
  readonly deployment: Deployment;
  readonly from: string;
  readonly onClose: () => void;
}) => {
  const { deployment, from, onClose } = props;
  const query = useQuery(
    reading(
      call('get', '/api/v2/deployments/{key}/snapshots/{snapshot}/diff', {
        path: { key: deployment.id, snapshot: from },
      }),
    ),
  );
  return (
    <Modal opened onClose={onClose} title={`What changed since commit ${from}`} size="xl">
      <Loaded of={query}>{(diff) => <pre>{JSON.stringify(diff, null, 2)}</pre>}</Loaded>
    </Modal>
  );
};
