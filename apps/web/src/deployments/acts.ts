import { call } from '../api/call';
import type { Deployment } from '../api/types';
import type { Act } from '../act/act';

/** What can be done with a deployment. */

const CHANGES = ['deployments', 'node_roles', 'nodes', 'anneal'];
type Named = Pick<Deployment, 'id' | 'name'>;

export interface CommitOptions {
  readonly note?: string;
  readonly rollout?: { readonly size: number; readonly pause_s?: number; readonly stop_at_percent?: number };
}

export const commit = ({ id, name }: Named, options: CommitOptions = {}): Act => ({
  label: 'Commit',
  call: call('put', '/api/v2/deployments/{key}/commit', { path: { key: id }, body: options as never }),
  command: `anneal deployments commit ${name}`,
  changes: CHANGES,
  done: `${name} is committed`,
});

export const propose = ({ id, name }: Named): Act => ({
  label: 'Propose',
  call: call('put', '/api/v2/deployments/{key}/propose', { path: { key: id } }),
  command: `anneal deployments propose ${name}`,
  changes: CHANGES,
  done: `${name} is open for editing`,
});

export const recall = ({ id, name }: Named): Act => ({
  label: 'Recall',
  call: call('put', '/api/v2/deployments/{key}/recall', { path: { key: id } }),
  command: `anneal deployments recall ${name}`,
  changes: CHANGES,
  done: `the commit of ${name} is taken back`,
});

/** Pairs of role and node, all of them or none. */
export const bind = ({ id, name }: Named, pairs: readonly { readonly role: string; readonly node: string }[]): Act => ({
  label: 'Bind',
  call: call('post', '/api/v2/deployments/{key}/bulk', { path: { key: id }, body: { bind: [...pairs] } }),
  ...(pairs.length === 1
    ? { command: `anneal node-roles bind ${pairs[0]?.role} ${pairs[0]?.node} --deployment ${name}` }
    : {}),
  changes: CHANGES,
});

export const unbind = (nodeRole: { readonly id: string; readonly name: string; readonly version: number }): Act => ({
  label: 'Unbind',
  call: call('delete', '/api/v2/node_roles/{key}', { path: { key: nodeRole.id }, version: nodeRole.version }),
  command: `anneal node-roles unbind ${nodeRole.name}`,
  changes: CHANGES,
  done: `${nodeRole.name} is unbound`,
});
