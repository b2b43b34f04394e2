import { call } from '../api/call';
import type { NodeRole } from '../api/types';
import type { Act } from '../act/act';

/** What can be done with a noderole. Which of it makes sense is a matter of its state; whether it may, of the server. */

const CHANGES = ['node_roles', 'anneal', 'nodes', 'deployments'];

export const retry = ({ id, name }: Pick<NodeRole, 'id' | 'name'>, confirm?: string): Act => ({
  label: 'Retry',
  call: call('put', '/api/v2/node_roles/{key}/retry', { path: { key: id }, ...(confirm ? { body: { confirm } } : {}) }),
  command: `anneal node-roles retry ${name}`,
  changes: CHANGES,
  done: `${name} will run again`,
});

export const cancel = ({ id, name }: Pick<NodeRole, 'id' | 'name'>): Act => ({
  label: 'Cancel',
  call: call('put', '/api/v2/node_roles/{key}/cancel', { path: { key: id } }),
  command: `anneal node-roles cancel ${name}`,
  changes: CHANGES,
  done: `the run of ${name} is being cancelled`,
});

export const commit = ({ id, name }: Pick<NodeRole, 'id' | 'name'>): Act => ({
  label: 'Commit',
  call: call('put', '/api/v2/node_roles/{key}/commit', { path: { key: id } }),
  command: `anneal node-roles commit ${name}`,
  changes: CHANGES,
  done: `${name} is committed`,
});

export const propose = ({ id, name }: Pick<NodeRole, 'id' | 'name'>): Act => ({
  label: 'Propose',
  call: call('put', '/api/v2/node_roles/{key}/propose', { path: { key: id } }),
  command: `anneal node-roles propose ${name}`,
  changes: CHANGES,
  done: `${name} is open for editing`,
});

export const unbind = ({ id, name, version }: Pick<NodeRole, 'id' | 'name' | 'version'>): Act => ({
  label: 'Unbind',
  call: call('delete', '/api/v2/node_roles/{key}', { path: { key: id }, version }),
  command: `anneal node-roles unbind ${name}`,
  changes: CHANGES,
  done: `${name} is unbound`,
});

/** The same where the version was not read: whoever else has changed it meanwhile is overruled. */
export const unbindAnyVersion = (id: string, name: string): Act => ({
  label: 'Unbind',
  call: call('delete', '/api/v2/node_roles/{key}', { path: { key: id }, version: '*' }),
  command: `anneal node-roles unbind ${name}`,
  changes: CHANGES,
  done: `${name} is unbound`,
});
