import { Alert, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, type ComponentType } from 'react';
import { ActButton } from '../act/act';
import { DeleteAct } from '../act/delete-act';
import { FormAct } from '../act/form-act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Deployment } from '../api/types';
import { useLive } from '../live/live';
import { NodeRoleTable } from '../node-roles/node-role-table';
import { Loaded, Page } from '../shell/page';
import { Tabbed } from '../shell/tabbed';
import { FoldedExplanationView } from '../state/folded-explanation';
import { propose, recall } from './acts';
import { Builder } from './build/builder';
import { CommitButton } from './commit-button';
import { DeploymentRoles } from './deployment-roles';
import { DeploymentState } from './deployment-state';
import { Matrix } from './matrix';
import { Rollouts } from './rollouts';
import { Snapshots } from './snapshots';
import { Timeline } from '../timeline/timeline';

// It brings a drawing library along, which nobody else needs.
const GraphView = lazy(() => import('./graph/graph-view').then(({ GraphView: component }) => ({ default: component })));

/** One deployment: built by dragging, looked at as a matrix or a graph, committed, explained. */
export const DeploymentPage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const query = useQuery(reading(call('get', '/api/v2/deployments/{key}', { path: { key } })));
  const navigate = useNavigate();
  const { data } = query;
  useLive(data ? { deployment: data.id } : { kind: 'deployment.*' }, ['deployments', 'node_roles']);
  return (
    <Page
      title={data?.name ?? 'Deployment'}
      badge={data ? <DeploymentState of={data} /> : null}
      acts={
        data && !data.system ? (
          <>
            <CommitButton deployment={data} />
            {data.wish === 'committed' ? <ActButton act={propose(data)} /> : null}
            <FormAct
              label="Change…"
              title={`Change ${data.name}`}
              verb="patch"
              path="/api/v2/deployments/{key}"
              value={data as never}
              changes={['deployments']}
              callOf={(body) =>
                call('patch', '/api/v2/deployments/{key}', {
                  path: { key: data.id },
                  body: body as never,
                  version: data.version,
                })
              }
            />
            <DeleteAct
              act={{
                label: 'Delete',
                call: call('delete', '/api/v2/deployments/{key}', { path: { key: data.id }, version: data.version }),
                command: `anneal deployments delete ${data.name}`,
                changes: ['deployments', 'nodes', 'node_roles'],
                done: `${data.name} is deleted`,
              }}
              name={data.name}
              destroys={[`${data.name} with all that is bound in it`]}
              says="Its nodes go back to the deployment above."
              onDone={() => void navigate({ to: '/deployments' })}
            />
            {data.wish === 'committed' && data.state !== 'active' ? <ActButton act={recall(data)} /> : null}
          </>
        ) : null
      }
    >
      <Loaded of={query}>
        {(deployment) => (
          <>
            {deployment.description ? <Text size="sm">{deployment.description}</Text> : null}
            <Tabbed
              tabs={[
                { value: 'build', label: 'Build', view: () => <Pictured deployment={deployment} by={Builder} /> },
                { value: 'matrix', label: 'Matrix', view: () => <Pictured deployment={deployment} by={Matrix} /> },
                {
                  value: 'graph',
                  label: 'Graph',
                  view: () => (
                    <Suspense fallback={<Loader role="status" aria-label="Loading" />}>
                      <Pictured deployment={deployment} by={GraphView} />
                    </Suspense>
                  ),
                },
                {
                  value: 'node-roles',
                  label: 'Noderoles',
                  view: () => (
                    <NodeRoleTable
                      filter={`deployment eq ${JSON.stringify(deployment.name)}`}
                      filterable
                      empty="Nothing is bound in this deployment yet."
                    />
                  ),
                },
                {
                  value: 'timeline',
                  label: 'Timeline',
                  view: () => (
                    <Timeline
                      of={(before) =>
                        call('get', '/api/v2/deployments/{key}/timeline', {
                          path: { key: deployment.id },
                          query: { before, limit: '500' },
                        })
                      }
                    />
                  ),
                },
                { value: 'roles', label: 'Roles', view: () => <DeploymentRoles deployment={deployment} /> },
                { value: 'rollouts', label: 'Rollouts', view: () => <Rollouts deployment={deployment} /> },
                {
                  value: 'why',
                  label: 'Why is it not done?',
                  view: () => (
                    <FoldedExplanationView
                      of={call('get', '/api/v2/deployments/{key}/explain', { path: { key: deployment.id } })}
                    />
                  ),
                },
                {
                  value: 'commits',
                  label: `Commits (${deployment.snapshot})`,
                  view: () => <Snapshots deployment={deployment} />,
                },
              ]}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
};

/** More noderoles than this are not read at once for a picture that nobody could look at. */
const PICTURED_MAX = 20_000;

interface Picture {
  readonly deployment: Deployment;
}

const Pictured = ({ deployment, by: View }: Picture & { readonly by: ComponentType<Picture> }) => {
  const all = Object.values(deployment.node_roles).reduce((sum, each) => sum + each, 0);
  return all > PICTURED_MAX ? (
    <Alert color="yellow" title={`${all} noderoles are too many for one picture`}>
      They are listed under “Noderoles”, with a filter; “Why is it not done?” tells what holds them up.
    </Alert>
  ) : (
    <View deployment={deployment} />
  );
};
