import { Alert, Anchor, List, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Node } from '../api/types';
import { useLive } from '../live/live';
import { StateBadge } from '../state/state-badge';
import { LabMachines } from './lab-machines';

/** How often packets are looked for, in milliseconds; nodes are told by the history. */
const PERIOD_MS = 3_000;

/**
 * Waits for the first machine, and shows how far it has come: its packets, then the node that it became. Where there is a lab
 * its machines are switched on here.
 */
export const FirstMachine = () => {
  const nodes = useQuery(
    reading(
      call('get', '/api/v2/nodes', {
        query: { filter: 'admin eq false and system eq false', sort: '-created_at', limit: '20' },
      }),
    ),
  );
  const packets = useQuery({ ...reading(call('get', '/api/v2/netboot/packets')), refetchInterval: PERIOD_MS });
  useLive({ kind: 'node.*' }, ['nodes']);
  const found = (nodes.data?.items ?? []) as Node[];
  const asked = packets.data?.packets.slice(-5) ?? [];
  return (
    <Stack>
      <Text>
        Switch a machine on that is plugged into the admin network and boots from it. It is given a small system in
        memory, says what it is, and appears here.
      </Text>
      <LabMachines />
      {found.length === 0 ? (
        <Alert
          color="blue"
          icon={<Loader size="sm" role="status" aria-label="Waiting" />}
          title="Waiting for the first machine"
        >
          {asked.length === 0 ? 'No machine has asked for anything yet.' : 'A machine asks:'}
          <List size="sm">
            {asked.map(({ at, mac, from, asked: question, answered, why }) => (
              <List.Item key={`${at} ${question}`}>
                {mac ?? from}: {question}. {answered ? `It got ${answered}.` : `It got no answer: ${why.at(-1) ?? ''}`}
              </List.Item>
            ))}
          </List>
        </Alert>
      ) : (
        <Alert
          color="green"
          title={found.length === 1 ? 'A machine has arrived' : `${found.length} machines have arrived`}
        >
          <List size="sm">
            {found.map(({ id, name, state }) => (
              <List.Item key={id}>
                <Anchor component={Link} to={`/nodes/${name}`}>
                  {name}
                </Anchor>{' '}
                <StateBadge state={state} />
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
};
