import { Alert, Group, List, Table } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconPlayerStop, IconZzz } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';
import { HealthCard, PERIOD_MS } from './health-card';
import { Look, type LookOf } from './look';

type NetbootServer = components['schemas']['NetbootServer'];

/** The servers by which machines are found and boot, and how far each follows the history. */
export const NetbootCard = () => {
  const netboot = useQuery({ ...reading(call('get', '/api/v2/netboot/servers')), refetchInterval: PERIOD_MS });
  return (
    <HealthCard title="Network boot">
      <Loaded of={netboot}>
        {({ items }) =>
          items.length === 0 ? (
            <Alert color="yellow">No netboot server belongs to this installation: machines cannot be found.</Alert>
          ) : (
            <>
              <OtherDhcp servers={items as NetbootServer[]} />
              <NetbootTable servers={items as NetbootServer[]} />
            </>
          )
        }
      </Loaded>
    </HealthCard>
  );
};

/** Servers of others that answer where ours give out addresses: machines get now this one, now that one. */
const OtherDhcp = ({ servers }: { readonly servers: readonly NetbootServer[] }) => {
  const others = servers.flatMap(({ services }) => services.flatMap(({ others: noticed = [] }) => noticed));
  return others.length === 0 ? null : (
    <Alert color="red" role="status" title="Somebody else gives out addresses on our wires" my="xs">
      <List size="sm">
        {others.map(({ server, interface: on, at }) => (
          <List.Item key={`${on} ${server}`}>
            {server}
            {on ? ` on ${on}` : ''}, heard <Since at={new Date(at).toISOString()} />. Switch it off, or set the network
            to proxy.
          </List.Item>
        ))}
      </List>
    </Alert>
  );
};

const SERVER_LOOKS: Readonly<Record<NetbootServer['state'], LookOf>> = {
  live: ['live', 'green', IconCircleCheck],
  silent: ['silent', 'red', IconAlertTriangle],
  stopped: ['stopped', 'gray', IconPlayerStop],
};
const SERVICE_LOOKS: Readonly<Record<NetbootServer['services'][number]['state'], LookOf>> = {
  serving: ['serves', 'green', IconCircleCheck],
  idle: ['has nothing to do', 'gray', IconZzz],
  off: ['is off', 'gray', IconPlayerStop],
  failed: ['failed', 'red', IconAlertTriangle],
};

const NetbootTable = ({ servers }: { readonly servers: readonly NetbootServer[] }) => (
  <Table aria-label="Netboot servers">
    <Table.Thead>
      <Table.Tr>
        <Table.Th>Host</Table.Th>
        <Table.Th>State</Table.Th>
        <Table.Th>Generation it serves</Table.Th>
        <Table.Th>Services</Table.Th>
        <Table.Th>Seen</Table.Th>
        <Table.Th>Do</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {servers.map(({ id, host, state, generation, lag, services, seen_at: seen }) => (
        <Table.Tr key={id}>
          <Table.Td>{host}</Table.Td>
          <Table.Td>
            <Look look={SERVER_LOOKS[state]} />
          </Table.Td>
          <Table.Td>
            {generation}
            {lag > 0 ? `, ${lag} behind` : ''}
          </Table.Td>
          <Table.Td>
            <Group gap="xs">
              {services.map(({ service, state: how, says }) => (
                <Look key={service} look={SERVICE_LOOKS[how]} of={service} title={says} />
              ))}
            </Group>
          </Table.Td>
          <Table.Td>
            <Since at={seen} />
          </Table.Td>
          <Table.Td>
            {state === 'live' ? null : (
              <ActButton
                size="compact-xs"
                act={{
                  label: 'Forget',
                  call: call('delete', '/api/v2/netboot/servers/{key}', { path: { key: id } }),
                  command: `anneal netboot delete ${id}`,
                  changes: ['netboot'],
                  done: `nobody waits for ${host} any more`,
                }}
              />
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);
