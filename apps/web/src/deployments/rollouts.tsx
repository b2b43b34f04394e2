import { Group, Progress, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import type { Deployment } from '../api/types';
import { useLive } from '../live/live';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';

type Rollout = components['schemas']['Rollout'];

const STEERED = ['rollouts', 'deployments', 'node_roles'];
const VERBS = {
  pause: ['Pause', 'no further wave goes'],
  resume: ['Go on', 'the rollout goes on'],
  stop: ['End it', 'what was not let go stays held'],
  finish: ['Let all go', 'everything goes at once'],
} as const;
/** What makes sense while a rollout is like this. */
const OFFERED: Readonly<Record<Rollout['state'], readonly (keyof typeof VERBS)[]>> = {
  running: ['pause', 'stop', 'finish'],
  paused: ['resume', 'stop', 'finish'],
  stopped: ['resume', 'finish'],
  done: [],
};

const steerCall = (verb: keyof typeof VERBS, key: string) => {
  const path = { key };
  switch (verb) {
    case 'pause':
      return call('put', '/api/v2/rollouts/{key}/pause', { path });
    case 'resume':
      return call('put', '/api/v2/rollouts/{key}/resume', { path });
    case 'stop':
      return call('put', '/api/v2/rollouts/{key}/stop', { path });
    case 'finish':
      return call('put', '/api/v2/rollouts/{key}/finish', { path });
  }
};

/** Commits that go in waves: how far each is, and what can be done about it. */
export const Rollouts = ({ deployment }: { readonly deployment: Deployment }) => {
  const query = useQuery(
    reading(call('get', '/api/v2/rollouts', { query: { filter: `deployment_id eq ${deployment.id}` } })),
  );
  useLive({ kind: 'rollout.*', deployment: deployment.id }, ['rollouts']);
  return (
    <Loaded of={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed">Every commit went at once: waves are asked for when it is committed.</Text>
        ) : (
          <Table aria-label="Rollouts">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Commit</Table.Th>
                <Table.Th>Waves</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Begun</Table.Th>
                <Table.Th>Do</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(items as Rollout[]).map(
                ({ id, snapshot, wave, waves, wave_size: size, state, reason, created_at: at }) => (
                  <Table.Tr key={id}>
                    <Table.Td>{snapshot}</Table.Td>
                    <Table.Td>
                      <Stack gap={2}>
                        <Text size="xs">
                          {wave} of {waves}, {size} nodes each
                        </Text>
                        <Progress value={(100 * wave) / Math.max(1, waves)} aria-label={`wave ${wave} of ${waves}`} />
                      </Stack>
                    </Table.Td>
                    <Table.Td>
                      {state}
                      {reason ? `: ${reason}` : ''}
                    </Table.Td>
                    <Table.Td>
                      <Since at={at} />
                    </Table.Td>
                    <Table.Td>
                      <Group gap="xs">
                        {OFFERED[state].map((verb) => (
                          <ActButton
                            key={verb}
                            size="compact-xs"
                            act={{
                              label: VERBS[verb][0],
                              call: steerCall(verb, id),
                              command: `anneal rollouts ${verb} ${id}`,
                              changes: STEERED,
                              done: VERBS[verb][1],
                            }}
                          />
                        ))}
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ),
              )}
            </Table.Tbody>
          </Table>
        )
      }
    </Loaded>
  );
};
