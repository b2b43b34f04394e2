import { Alert, Badge, Card, Group, List, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconPlayerStop, IconZzz, type TablerIcon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { Loaded, Page } from '../shell/page';
import { Since } from '../shell/since';

type NetbootServer = components['schemas']['NetbootServer'];

/** How often it is looked at, in milliseconds. */
const PERIOD_MS = 5_000;

/** Whether everything that belongs to the installation does what it is there for. */
export const HealthPage = () => {
  const audit = useQuery(reading(call('get', '/api/v2/anneal/audit')));
  const netboot = useQuery({ ...reading(call('get', '/api/v2/netboot/servers')), refetchInterval: PERIOD_MS });
  return (
    <Page title="Health">
      <Stack>
        <Card withBorder>
          <Text component="h2" fw={600}>
            The graph
          </Text>
          <Loaded of={audit}>{(found) => <Findings found={found} />}</Loaded>
        </Card>
        <Card withBorder>
          <Text component="h2" fw={600}>
            Network boot
          </Text>
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
        </Card>
      </Stack>
    </Page>
  );
};

const Findings = ({ found }: { readonly found: unknown }) => {
  const { findings = [] } = found as { findings?: readonly unknown[] };
  return findings.length === 0 ? (
    <Text size="sm">No broken invariant was found in it.</Text>
  ) : (
    <Alert color="red" title="Broken invariants">
      <List size="sm">
        {findings.map((each) => (
          <List.Item key={JSON.stringify(each)}>{JSON.stringify(each)}</List.Item>
        ))}
      </List>
    </Alert>
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

/** A word, an icon and a colour: never the colour alone. */
type LookOf = readonly [word: string, color: string, Icon: TablerIcon];

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

interface LookProps {
  readonly look: LookOf;
  readonly of?: string;
  readonly title?: string;
}

const Look = ({ look: [word, color, Icon], of, title }: LookProps) => (
  <Badge
    color={color}
    variant="light"
    autoContrast
    tt="none"
    c="var(--mantine-color-text)"
    leftSection={<Icon size={14} aria-hidden />}
    title={title}
  >
    {of ? `${of} ${word}` : word}
  </Badge>
);

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
