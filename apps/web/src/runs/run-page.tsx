import { Anchor, Card, Loader, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useLive } from '../live/live';
import { Facts } from '../shell/facts';
import { Loaded, Page } from '../shell/page';
import { Since } from '../shell/since';
import { outcomeOf, RunState, tookOf } from './runs';

const RunLog = lazy(() => import('./run-log').then(({ RunLog: component }) => ({ default: component })));

/** One run: how it came out, and its log. `?line=N` in the address brings one to a line of it. */
export const RunPage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const { line } = useSearch({ strict: false }) as { line?: unknown };
  const navigate = useNavigate();
  const query = useQuery(reading(call('get', '/api/v2/runs/{key}', { path: { key } })));
  const { data } = query;
  useLive(data ? { node: data.node_id, kind: 'node_role.*,run.*' } : null, ['runs']);
  // Choosing a line changes the address of this page, and must not begin its log anew.
  const [first] = useState(() => lineOf(line));
  return (
    <Page title={data ? `A run of ${data.node_role}` : 'Run'} badge={data ? <RunState state={data.state} /> : null}>
      <Loaded of={query}>
        {(run) => (
          <Stack>
            <Card withBorder>
              <Facts
                names="20%"
                facts={[
                  [
                    'Noderole',
                    <Anchor key="noderole" component={Link} to={`/node-roles/${run.node_role_id}`} size="sm">
                      {run.node_role}
                    </Anchor>,
                  ],
                  ['Began', <Since key="began" at={run.started_at ?? run.queued_at} />],
                  ['Took', tookOf(run)],
                  ['Attempt', run.attempt],
                  ['Outcome', outcomeOf(run)],
                ]}
              />
            </Card>
            <Suspense fallback={<Loader role="status" aria-label="Loading" />}>
              <RunLog
                key={run.id}
                runId={run.id}
                line={first}
                onLine={(to) => void navigate({ to: `/runs/${run.id}`, search: { line: to } as never, replace: true })}
              />
            </Suspense>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
};

const lineOf = (given: unknown): number | null => {
  const line = Number(given);
  return Number.isSafeInteger(line) && line >= 1 ? line : null;
};
