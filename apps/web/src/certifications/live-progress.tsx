import { Card, Group, List, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { progressOf } from './capability-progress';
import { CountsBar, doneOf } from './counts';
import { inWords, paceOf } from './pace';
import { goalText, type CertificationDetail } from './use-certification';

type Schemas = components['schemas'];
type Outcome = Schemas['CertificationReport']['outcomes'][number];

/** Tests that are named of those under way; a suite has no more workers than that. */
const UNDER_WAY_MAX = 64;

/** How far the suite is: what ended how, what is under way, how fast, and how long it will take if that goes on. */
export const LiveProgress = ({ of }: { readonly of: CertificationDetail }) => {
  const { counts, started_at: started, under_way: underWay } = of;
  const done = doneOf(counts);
  const elapsedMs = started === null ? 0 : Date.now() - new Date(started).getTime();
  const { rate, left } = paceOf(done, counts.total, elapsedMs);
  return (
    <Stack>
      <Card withBorder data-testid="live-progress">
        <Stack gap="xs">
          <CountsBar counts={counts} size={22} />
          <Text size="sm" role="status">
            {[
              `${counts.passed} passed`,
              `${counts.failed} failed`,
              `${counts.setup_failed} not set up`,
              `${counts.skipped} skipped`,
              `${counts.total - done} to go`,
            ].join(', ')}
            {started === null ? '' : `; for ${inWords(elapsedMs / 1_000)}`}
            {left === null ? '' : `, ${rate.toFixed(1)} a minute, about ${inWords(left)} left`}.
          </Text>
          {underWay.length > 0 ? (
            <>
              <Text size="sm" fw={600}>
                Under way
              </Text>
              <List size="sm">
                {underWay.slice(0, UNDER_WAY_MAX).map(({ name, worker }) => (
                  <List.Item key={name} style={{ overflowWrap: 'anywhere' }}>
                    {name}
                    {worker ? `, ${worker}` : ''}
                  </List.Item>
                ))}
              </List>
            </>
          ) : null}
        </Stack>
      </Card>
      {of.goals.map((goal) => (
        <GoalProgress key={goalText(goal)} id={of.id} goal={goal} />
      ))}
    </Stack>
  );
};

const GoalProgress = ({ id, goal }: { readonly id: string; readonly goal: CertificationDetail['goals'][number] }) => {
  const asked = useQuery(
    reading(call('get', '/api/v2/guidelines/{key}/capabilities', { path: { key: goal.guideline_id } })),
  );
  const outcomes = usePages<Outcome>(
    call('get', '/api/v2/certifications/{key}/outcomes', {
      path: { key: id },
      query: { limit: '1000', fields: 'name,id,status' },
    }),
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage, data } = outcomes;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const progress = useMemo(
    () => (asked.data ? progressOf(asked.data, goal.program, data?.pages.flatMap(({ items }) => items) ?? []) : []),
    [asked.data, goal.program, data],
  );
  return (
    <Card withBorder>
      <Text fw={600} size="sm" mb="xs">
        Required capabilities of {goalText(goal)}, their must-pass tests
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" verticalSpacing="xs">
        {progress.map(({ name, counts }) => (
          <Group key={name} wrap="nowrap" gap="sm" data-testid={`capability-${name}`}>
            <Text size="sm" w="45%" truncate title={name}>
              {name}
            </Text>
            <div style={{ flex: 1 }}>
              <CountsBar counts={counts} size={8} />
            </div>
          </Group>
        ))}
      </SimpleGrid>
    </Card>
  );
};
