import { Alert, Anchor, Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { AnnealStatus } from '../api/types';
import { useLive } from '../live/live';
import { NodeRoleTable } from '../node-roles/node-role-table';
import { Loaded } from '../shell/page';
import { STATE_ORDER, STATES } from '../state/states';
import { closed } from '../state/closed';
import { StateIcon } from '../state/state-badge';

const SYSTEM = 'system';

/** The system deployment while it is annealed: how much of it is active, what runs, and what waits for a person. */
export const AnnealStep = () => {
  const status = useQuery(reading(call('get', '/api/v2/anneal', { query: { deployment: SYSTEM } })));
  useLive({ kind: 'node_role.*' }, ['anneal', 'node_roles']);
  return (
    <Stack>
      <Loaded of={status}>{(data) => <Progressing status={data} />}</Loaded>
      <NodeRoleTable
        filter={`deployment eq "${SYSTEM}"`}
        empty="Nothing is bound yet: make it so in the review."
        height={360}
      />
      <Text size="sm">
        <Anchor component={Link} to="/deployments/system?tab=graph">
          The same as a graph
        </Anchor>
      </Text>
    </Stack>
  );
};

const Progressing = ({ status: { counts, settled, stuck } }: { readonly status: AnnealStatus }) => {
  const all = STATE_ORDER.reduce((sum, state) => sum + counts[state], 0);
  return (
    <Stack gap="xs">
      <Progress.Root size={22} aria-label={`${counts.active} of ${all} active`}>
        {STATE_ORDER.filter((state) => counts[state] > 0).map((state) => (
          <Progress.Section
            key={state}
            value={(100 * counts[state]) / Math.max(1, all)}
            color={STATES[state].color}
            aria-label={`${counts[state]} ${STATES[state].word}`}
          />
        ))}
      </Progress.Root>
      <Group gap="md">
        {STATE_ORDER.filter((state) => counts[state] > 0).map((state) => (
          <Group key={state} gap={4}>
            <StateIcon state={state} />
            <Text size="sm">
              {counts[state]} {STATES[state].word}
            </Text>
          </Group>
        ))}
      </Group>
      {settled && all > 0 ? (
        <Alert color="green" title="The system stands" role="status">
          Everything that was asked for is active. Go on to the first machine.
        </Alert>
      ) : null}
      {stuck.map(({ deployment, summary, roots }) => (
        <Alert key={deployment} color="red" role="status" title={summary}>
          {roots.map(({ cause }) => closed(cause.sentence)).join(' ')}
        </Alert>
      ))}
    </Stack>
  );
};
