import { Badge, Stack, Table, Text } from '@mantine/core';
import { IconPlugConnected, IconPower } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';

/** How often it is looked whether they are on, in milliseconds: somebody may press a button elsewhere. */
const PERIOD_MS = 5_000;

/** The virtual machines of a lab beside this Anneal, each with its power button; nothing where there is no lab. */
export const LabMachines = () => {
  const lab = useQuery({ ...reading(call('get', '/api/v2/lab/machines')), refetchInterval: PERIOD_MS });
  const machines = lab.data?.items ?? [];
  if (machines.length === 0) return null;
  return (
    <Stack gap="xs">
      <Text>The lab on this host has virtual machines, which are plugged into the admin network already.</Text>
      <Table aria-label="Machines of the lab">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Machine</Table.Th>
            <Table.Th>Firmware</Table.Th>
            <Table.Th>Card</Table.Th>
            <Table.Th>Power</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {machines.map(({ name, firmware, mac, on }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{firmware}</Table.Td>
              <Table.Td>{mac}</Table.Td>
              <Table.Td>
                {on ? (
                  <Badge
                    color="green"
                    variant="light"
                    autoContrast
                    leftSection={<IconPlugConnected size={12} aria-hidden />}
                  >
                    on
                  </Badge>
                ) : (
                  <ActButton
                    icon={<IconPower size={14} aria-hidden />}
                    aria-label={`Start ${name}`}
                    act={{
                      label: 'Start',
                      call: call('post', '/api/v2/lab/machines/{key}/start', { path: { key: name } }),
                      command: `anneal lab start ${name}`,
                      changes: ['lab'],
                      done: `${name} is on`,
                    }}
                  />
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
};
