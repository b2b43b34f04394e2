import { Accordion, Alert, Badge, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCrown } from '@tabler/icons-react';
import type { components } from '../api/schema.gen';
import { Since } from '../shell/since';
import { Look, type LookOf } from './look';
import { LoopsTable } from './loops-table';

export type Worker = components['schemas']['Worker'];

export interface WorkersProps {
  readonly workers: readonly Worker[];
}

const LOOKS: Readonly<Record<Worker['state'], LookOf>> = {
  live: ['live', 'green', IconCircleCheck],
  silent: ['silent', 'red', IconAlertTriangle],
};
const LEADS: LookOf = ['leads', 'blue', IconCrown];

/** The processes that carry runs out, which of them plans, and how their loops turn. */
export const WorkersCard = ({ workers }: WorkersProps) => (
  <>
    <Missing workers={workers} />
    {workers.length > 0 && <WorkersTable workers={workers} />}
    <Accordion multiple chevronPosition="left">
      {workers.map((worker) => (
        <Accordion.Item key={worker.id} value={worker.id}>
          <Accordion.Control>
            <Text size="sm" span>
              Loops of {worker.name} <Failing worker={worker} />
            </Text>
          </Accordion.Control>
          <Accordion.Panel>
            <LoopsTable worker={worker} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  </>
);

/** What an installation cannot work without. */
const Missing = ({ workers }: WorkersProps) => {
  if (!workers.some(({ state }) => state === 'live'))
    return (
      <Alert color="red" role="status">
        No worker lives: nothing is run. Start one where this installation runs.
      </Alert>
    );
  return workers.some(({ leads }) => leads) ? null : (
    <Alert color="yellow" role="status">
      No worker leads: nothing new is planned until one takes over, which takes seconds.
    </Alert>
  );
};

const Failing = ({ worker }: { readonly worker: Worker }) => {
  const failing = worker.loops.filter(({ failures }) => failures > 0).length;
  return failing === 0 ? null : (
    <Badge color="red" variant="light" tt="none" c="var(--mantine-color-text)">
      {failing} of {worker.loops.length} failed
    </Badge>
  );
};

const WorkersTable = ({ workers }: WorkersProps) => (
  <Table aria-label="Workers">
    <Table.Thead>
      <Table.Tr>
        <Table.Th>Worker</Table.Th>
        <Table.Th>State</Table.Th>
        <Table.Th>Leader</Table.Th>
        <Table.Th>Runs now</Table.Th>
        <Table.Th>Started</Table.Th>
        <Table.Th>Seen</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {workers.map(({ id, name, state, leads, runs, started_at: started, heartbeat_at: seen }) => (
        <Table.Tr key={id}>
          <Table.Td>{name}</Table.Td>
          <Table.Td>
            <Look look={LOOKS[state]} />
          </Table.Td>
          <Table.Td>
            {leads ? <Look look={LEADS} title="It plans runs, and turns the loops of the leader" /> : null}
          </Table.Td>
          <Table.Td>{runs}</Table.Td>
          <Table.Td>
            <Since at={started} />
          </Table.Td>
          <Table.Td>
            <Since at={seen} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);
