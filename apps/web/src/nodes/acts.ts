import { call } from '../api/call';
import type { Node } from '../api/types';
import type { Act } from '../act/act';

/** What can be done with a node. */

const CHANGES = ['nodes', 'node_roles', 'anneal', 'deployments'];
type Named = Pick<Node, 'id' | 'name' | 'version'>;

export const commit = ({ id, name }: Named): Act => ({
  label: 'Commit',
  call: call('put', '/api/v2/nodes/{key}/commit', { path: { key: id } }),
  command: `anneal nodes commit ${name}`,
  changes: CHANGES,
  done: `${name} is committed`,
});

export const propose = ({ id, name }: Named): Act => ({
  label: 'Propose',
  call: call('put', '/api/v2/nodes/{key}/propose', { path: { key: id } }),
  command: `anneal nodes propose ${name}`,
  changes: CHANGES,
  done: `${name} is open for editing`,
});

export const setAvailable = ({ id, name, version }: Named, available: boolean): Act => ({
  label: available ? 'Let work' : 'Hold',
  call: call('patch', '/api/v2/nodes/{key}', { path: { key: id }, body: { available }, version }),
  command: available ? `anneal nodes available ${name}` : `anneal nodes unavailable ${name}`,
  changes: CHANGES,
  done: available ? `${name} may be worked on` : `nothing new begins on ${name}`,
});

export const redeploy = ({ id, name }: Named, confirm?: string): Act => ({
  label: 'Redeploy',
  call: call('put', '/api/v2/nodes/{key}/redeploy', { path: { key: id }, ...(confirm ? { body: { confirm } } : {}) }),
  command: `anneal nodes redeploy ${name}`,
  changes: CHANGES,
  done: `${name} is deployed afresh`,
});
