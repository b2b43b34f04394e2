import { Anchor, Card, Group, SimpleGrid, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { NodeRole } from '../api/types';
import { Attribs } from '../attribs/attribs';
import { useLive } from '../live/live';
import { Facts } from '../shell/facts';
import { RunsOf } from '../runs/runs';
import { Loaded, Page } from '../shell/page';
import { Since } from '../shell/since';
import { ExplanationView } from '../state/explanation';
import { StateBadge } from '../state/state-badge';
import { STATES } from '../state/states';
import { cancel, propose, unbind } from './acts';
import { CommitNodeRole } from './likely-act';
import { ManageNodeRole } from './manage';
import { RetryAct } from './retry-act';

const RunLog = lazy(() => import('../runs/run-log').then(({ RunLog: component }) => ({ default: component })));

/** One noderole: its state and why, what it stands on and what stands on it, its runs with their logs. */
export const NodeRolePage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const nodeRole = useQuery(reading(call('get', '/api/v2/node_roles/{key}', { path: { key } })));
  const explained = useQuery(reading(call('get', '/api/v2/node_roles/{key}/explain', { path: { key } })));
  const { data } = nodeRole;
  useLive({ ...(data ? { node: data.node_id } : {}), kind: 'node_role.*' }, ['node_roles']);
  return (
    <Page
      title={data?.name ?? 'Noderole'}
      badge={data ? <StateBadge state={data.state} says={`${STATES[data.state].says} ${data.status}`} /> : null}
      acts={data ? <Acts nodeRole={data} /> : null}
    >
      <Loaded of={nodeRole}>
        {({
          id,
          role,
          node,
          deployment,

          cohort,
          run_count: runs,
          failures,
          state_since: since,
          status,
        }) => (
          <Stack>
            {explained.data ? <ExplanationView of={explained.data} /> : null}
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <Card withBorder>
                <Facts
                  names="35%"
                  facts={[
                    ['Role', role],
                    [
                      'Node',
                      <Anchor key="node" component={Link} to={`/nodes/${node}`} size="sm">
                        {node}
                      </Anchor>,
                    ],
                    [
                      'Deployment',
                      <Anchor key="deployment" component={Link} to={`/deployments/${deployment}`} size="sm">
                        {deployment}
                      </Anchor>,
                    ],
                    ['Since', <Since key="since" at={since} />],
                    ['Cohort', cohort],
                    ['Runs', `${runs} done, ${failures} failed in a row`],
                    ['Last outcome', status || '—'],
                  ]}
                />
              </Card>
              <Card withBorder>
                <Relatives id={id} />
              </Card>
            </SimpleGrid>
            <Tabs defaultValue="log" keepMounted={false}>
              <Tabs.List>
                <Tabs.Tab value="log">Log of the last run</Tabs.Tab>
                <Tabs.Tab value="runs">Runs</Tabs.Tab>
                <Tabs.Tab value="attribs">Attributes</Tabs.Tab>
                <Tabs.Tab value="manage">Manage</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="log" pt="sm">
                <LastLog id={id} />
              </Tabs.Panel>
              <Tabs.Panel value="runs" pt="sm">
                <RunsOf nodeRole={id} />
              </Tabs.Panel>
              <Tabs.Panel value="attribs" pt="sm">
                <Attribs holder="node_roles" id={id} name={`${role}@${node}`} />
              </Tabs.Panel>
              <Tabs.Panel value="manage" pt="sm">
                {data ? <ManageNodeRole nodeRole={data} /> : null}
              </Tabs.Panel>
            </Tabs>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
};

/** What can be done with it in its state. */
const Acts = ({ nodeRole }: { readonly nodeRole: NodeRole }) => (
  <>
    {nodeRole.state === 'error' || nodeRole.state === 'active' ? <RetryAct nodeRole={nodeRole} /> : null}
    {nodeRole.state === 'transition' ? <ActButton act={cancel(nodeRole)} /> : null}
    {nodeRole.state === 'proposed' ? (
      <>
        <CommitNodeRole nodeRole={nodeRole} />
        <ActButton act={unbind(nodeRole)} />
      </>
    ) : (
      <ActButton act={propose(nodeRole)} />
    )}
  </>
);

const LastLog = ({ id }: { readonly id: string }) => {
  const runs = useQuery(
    reading(call('get', '/api/v2/node_roles/{key}/runs', { path: { key: id }, query: { limit: '1' } })),
  );
  return (
    <Loaded of={runs}>
      {({ items: [last] }) =>
        last?.id ? (
          <Suspense fallback={<Text size="sm">Loading the log</Text>}>
            <RunLog key={last.id} runId={last.id} />
          </Suspense>
        ) : (
          <Text c="dimmed">It has not run yet.</Text>
        )
      }
    </Loaded>
  );
};

const Relatives = ({ id }: { readonly id: string }) => {
  const parents = useQuery(reading(call('get', '/api/v2/node_roles/{key}/parents', { path: { key: id } })));
  const children = useQuery(reading(call('get', '/api/v2/node_roles/{key}/children', { path: { key: id } })));
  return (
    <Stack gap="xs">
      {(
        [
          ['It stands on', parents],
          ['Stands on it', children],
        ] as const
      ).map(([label, query]) => (
        <div key={label}>
          <Text fw={600} size="sm">
            {label}
          </Text>
          {query.data?.items.map(({ node_role: each, why }) =>
            each ? (
              <Group key={each.id} gap="xs" title={why ?? ''}>
                <StateBadge state={each.state} />
                <Anchor component={Link} to={`/node-roles/${each.id}`} size="sm">
                  {each.name}
                </Anchor>
              </Group>
            ) : null,
          )}
          {query.data?.items.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing
            </Text>
          ) : null}
        </div>
      ))}
    </Stack>
  );
};
