import { Badge, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useLive } from '../live/live';
import { NodeRoleTable } from '../node-roles/node-role-table';
import { Loaded, Page } from '../shell/page';
import { propose, recall } from './acts';
import { Builder } from './build/builder';
import { CommitButton } from './commit-button';
import { FoldedExplanationView } from './folded-explanation';
import { Matrix } from './matrix';
import { Snapshots } from './snapshots';

// It brings a drawing library along, which nobody else needs.
const GraphView = lazy(() => import('./graph/graph-view').then(({ GraphView: component }) => ({ default: component })));

/** One deployment: built by dragging, looked at as a matrix or a graph, committed, explained. */
export const DeploymentPage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const { tab = 'build' } = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  const query = useQuery(reading(call('get', '/api/v2/deployments/{key}', { path: { key } })));
  const { data } = query;
  useLive(data ? { deployment: data.id } : { kind: 'deployment.*' }, ['deployments', 'node_roles']);
  return (
    <Page
      title={data?.name ?? 'Deployment'}
      badge={
        data ? (
          <Badge variant="outline" color="gray">
            {data.wish === 'proposed' ? 'being edited' : data.state}
          </Badge>
        ) : null
      }
      acts={
        data && !data.system ? (
          <>
            <CommitButton deployment={data} />
            {data.wish === 'committed' ? <ActButton act={propose(data)} /> : null}
            {data.wish === 'committed' && data.state !== 'active' ? <ActButton act={recall(data)} /> : null}
          </>
        ) : null
      }
    >
      <Loaded of={query}>
        {(deployment) => (
          <>
            {deployment.description ? <Text size="sm">{deployment.description}</Text> : null}
            <Tabs
              value={tab}
              onChange={(to) => void navigate({ to: `/deployments/${key}`, search: { tab: to } as never })}
              keepMounted={false}
            >
              <Tabs.List>
                <Tabs.Tab value="build">Build</Tabs.Tab>
                <Tabs.Tab value="matrix">Matrix</Tabs.Tab>
                <Tabs.Tab value="graph">Graph</Tabs.Tab>
                <Tabs.Tab value="node-roles">Noderoles</Tabs.Tab>
                <Tabs.Tab value="why">Why is it not done?</Tabs.Tab>
                <Tabs.Tab value="commits">Commits ({deployment.snapshot})</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="build" pt="md">
                <Builder deployment={deployment} />
              </Tabs.Panel>
              <Tabs.Panel value="matrix" pt="md">
                <Matrix deployment={deployment} />
              </Tabs.Panel>
              <Tabs.Panel value="graph" pt="md">
                <Suspense fallback={<Text size="sm">Loading the graph</Text>}>
                  <GraphView deployment={deployment} />
                </Suspense>
              </Tabs.Panel>
              <Tabs.Panel value="node-roles" pt="md">
                <NodeRoleTable
                  filter={`deployment eq ${JSON.stringify(deployment.name)}`}
                  empty="Nothing is bound in this deployment yet."
                />
              </Tabs.Panel>
              <Tabs.Panel value="why" pt="md">
                <FoldedExplanationView deployment={deployment} />
              </Tabs.Panel>
              <Tabs.Panel value="commits" pt="md">
                <Snapshots deployment={deployment} />
              </Tabs.Panel>
            </Tabs>
          </>
        )}
      </Loaded>
    </Page>
  );
};
