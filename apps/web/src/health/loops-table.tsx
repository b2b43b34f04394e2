import { Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconClock, IconPlayerPlay } from '@tabler/icons-react';
import type { components } from '../api/schema.gen';
import { Since } from '../shell/since';
import { Look, type LookOf } from './look';
import type { Worker } from './workers-card';

type Loop = components['schemas']['WorkerLoop'];

const lookOf = ({ failures, turn_since: since, last_ended_at: ended }: Loop): LookOf => {
  if (failures > 0) return [failures === 1 ? 'failed' : `failed ${failures} times`, 'red', IconAlertTriangle];
  if (since !== null) return ['at work', 'blue', IconPlayerPlay];
  return ended === null ? ['has not turned yet', 'gray', IconClock] : ['turns', 'green', IconCircleCheck];
};

/** A number of milliseconds in the unit in which people read it. */
const inUnits = (ms: number): string => {
  if (ms >= 60_000) return `${Math.round(ms / 60_000)} min`;
  return ms >= 1_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms)} ms`;
};

/** What the loops of a worker did last, as it told with its last heartbeat. */
export const LoopsTable = ({ worker }: { readonly worker: Worker }) => (
  <Table aria-label={`Loops of ${worker.name}`}>
    <Table.Thead>
      <Table.Tr>
        <Table.Th>Loop</Table.Th>
        <Table.Th>State</Table.Th>
        <Table.Th>Last turn</Table.Th>
        <Table.Th>Took</Table.Th>
        <Table.Th>Every</Table.Th>
        <Table.Th>Failures</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {worker.loops.map((loop) => (
        <Table.Tr key={loop.name}>
          <Table.Td>{loop.name}</Table.Td>
          <Table.Td>
            <Look look={lookOf(loop)} />
          </Table.Td>
          <Table.Td>
            <Since at={loop.last_ended_at} />
          </Table.Td>
          <Table.Td>{loop.last_took_ms === null ? null : inUnits(loop.last_took_ms)}</Table.Td>
          <Table.Td>{inUnits(loop.period_ms)}</Table.Td>
          <Table.Td>
            {loop.failures}
            {loop.last_error === null ? null : (
              <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
                {loop.last_error}
              </Text>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);
