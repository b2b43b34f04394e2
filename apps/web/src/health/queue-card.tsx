import { Alert, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { components } from '../api/schema.gen';
import { Since } from '../shell/since';
import { Look, type LookOf } from './look';
import type { WorkersProps } from './workers-card';

type Queue = components['schemas']['WorkerQueue'];

const BACKENDS: Readonly<Record<Queue['backend'], string>> = {
  redis: 'Redis',
  postgresql: 'PostgreSQL',
  memory: 'in memory',
};
const ANSWERS: LookOf = ['answers', 'green', IconCircleCheck];
const SILENT: LookOf = ['does not answer', 'red', IconAlertTriangle];

/** What carries runs to workers, as each that lives sees it. */
export const QueueCard = ({ workers }: WorkersProps) => {
  const seen = workers.flatMap(({ id, name, state, queue }) =>
    state === 'live' && queue ? [{ id, name, queue }] : [],
  );
  if (seen.length === 0) return <Text size="sm">No worker that lives has asked it yet.</Text>;
  return (
    <>
      {seen.some(({ queue }) => !queue.answers) && (
        <Alert color="yellow" role="status" my="xs">
          A queue that is away loses nothing: runs are handed out again when it is back.
        </Alert>
      )}
      <Table aria-label="Queue">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Seen by</Table.Th>
            <Table.Th>Kept by</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Waiting</Table.Th>
            <Table.Th>Asked</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {seen.map(({ id, name, queue }) => (
            <Table.Tr key={id}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>{BACKENDS[queue.backend]}</Table.Td>
              <Table.Td>
                <Look look={queue.answers ? ANSWERS : SILENT} />
              </Table.Td>
              <Table.Td>{queue.waiting}</Table.Td>
              <Table.Td>
                <Since at={queue.asked_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
};
