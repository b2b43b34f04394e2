import { Alert, Anchor, Card, Group, List, Loader, SimpleGrid, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { AnnealPace, AnnealStatus, NodeRoleState } from '../api/types';
import { useLive } from '../live/live';
import { Loaded, Page } from '../shell/page';
import { ago } from '../shell/since';
import { closed } from '../state/closed';
import { StateBadge } from '../state/state-badge';
import { STATE_ORDER, STATES } from '../state/states';
import { NodeRoleTable } from '../node-roles/node-role-table';

// Most come for what failed, not for what was.
const Timeline = lazy(() => import('../timeline/timeline').then(({ Timeline: component }) => ({ default: component })));

/** How often the pace is asked for: it looks through much, and changes slowly. */
const PACE_PERIOD_MS = 5_000;
const FEW = 10;

/** What the annealer has before it: by state, the oldest first, with what a person can do about each. */
export const AnnealerPage = () => {
  const status = useQuery(reading(call('get', '/api/v2/anneal')));
  const pace = useQuery({ ...reading(call('get', '/api/v2/anneal/pace')), refetchInterval: PACE_PERIOD_MS });
  const { state = 'error' } = useSearch({ strict: false }) as { state?: NodeRoleState | 'timeline' };
  const navigate = useNavigate();
  useLive({ kind: 'node_role.*' }, ['anneal', 'node_roles']);
  return (
    <Page title="Annealer">
      <Loaded of={status}>
        {(data) => (
          <>
            <Counts counts={data.counts} pace={pace.data} />
            <Stuck stuck={data.stuck} />
            <Tabs
              value={state}
              onChange={(to) => void navigate({ to: '/annealer', search: { state: to } as never })}
              keepMounted={false}
            >
              <Tabs.List>
                {STATE_ORDER.filter((each) => each !== 'active').map((each) => (
                  <Tabs.Tab key={each} value={each}>
                    {STATES[each].word} ({data.counts[each]})
                  </Tabs.Tab>
                ))}
                <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value={state} pt="md">
                {state === 'timeline' ? (
                  <Suspense fallback={<Loader role="status" aria-label="Loading" />}>
                    <Timeline
                      of={(before) => call('get', '/api/v2/anneal/timeline', { query: { before, limit: '500' } })}
                    />
                  </Suspense>
                ) : (
                  <NodeRoleTable
                    key={state}
                    filter={`state eq ${state}`}
                    sort="state_since"
                    filterable
                    empty={`Nothing is ${STATES[state].word}.`}
                  />
                )}
              </Tabs.Panel>
            </Tabs>
          </>
        )}
      </Loaded>
    </Page>
  );
};

/** How many are in each state; of those that move, how fast, and of those that wait, since when. */
const Counts = ({
  counts,
  pace,
}: {
  readonly counts: AnnealStatus['counts'];
  readonly pace: AnnealPace | undefined;
}) => (
  <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }}>
    {STATE_ORDER.map((state) => (
      <Card key={state} withBorder padding="sm">
        <Text size="xl" fw={700} data-testid={`count-${state}`}>
          {counts[state]}
        </Text>
        <StateBadge state={state} />
        <Pace state={state} of={pace} />
      </Card>
    ))}
  </SimpleGrid>
);

const Pace = ({ state, of }: { readonly state: NodeRoleState; readonly of: AnnealPace | undefined }) => {
  const rate = state === 'active' || state === 'error' ? of?.per_minute[state] : undefined;
  const oldest = of?.oldest.find((each) => each.state === state);
  return (
    <>
      {rate === undefined ? null : (
        <Text size="xs" data-testid={`rate-${state}`}>
          {inAMinute(rate)} a minute
        </Text>
      )}
      {oldest === undefined ? null : (
        <Text size="xs" data-testid={`oldest-${state}`}>
          oldest{' '}
          <Anchor component={Link} to={`/node-roles/${oldest.id}`} size="xs" underline="always" title={oldest.name}>
            {ago(oldest.since)}
          </Anchor>
        </Text>
      )}
    </>
  );
};

/** A few are told with a fraction: one in five minutes is not none. */
const inAMinute = (rate: number): string => rate.toLocaleString('en', { maximumFractionDigits: rate < FEW ? 1 : 0 });

/** What nobody but a person can move, with what would. */
const Stuck = ({ stuck }: { readonly stuck: AnnealStatus['stuck'] }) =>
  stuck.length === 0 ? null : (
    <Alert color="red" title="This waits for a person" role="status">
      <Stack gap="xs">
        {stuck.map(({ deployment, summary, roots }) => (
          <div key={deployment}>
            <Group gap="xs">
              <Text fw={600} size="sm">
                {deployment}
              </Text>
              <Text size="sm">{summary}</Text>
            </Group>
            <List size="sm">
              {roots.map(({ cause, holds_up: holdsUp, moves }) => (
                <List.Item key={`${cause.kind} ${cause.name}`}>
                  {closed(cause.sentence)} It holds up {holdsUp}. {moves[0] ? <code>{moves[0]}</code> : null}
                </List.Item>
              ))}
            </List>
          </div>
        ))}
      </Stack>
    </Alert>
  );
