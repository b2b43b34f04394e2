import { call } from '../api/call';
import type { components } from '../api/schema.gen';
import type { Deployment } from '../api/types';
import type { Act } from '../act/act';

/** What can be done with a deployment. */

const CHANGES = ['deployments', 'node_roles', 'nodes', 'anneal'];
type Named = Pick<Deployment, 'id' | 'name'>;

export type CommitOptions = components['schemas']['Commit'];

export const commit = ({ id, name }: Named, options: CommitOptions = {}): Act => ({
  label: 'Commit',
  call: call('put', '/api/v2/deployments/{key}/commit', { path: { key: id }, body: options }),
  command: ['anneal deployments commit', name, ...flagsOf(options)].join(' '),
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

/** Options of a commit as they are typed. */
const flagsOf = ({ note, rollout, held }: CommitOptions): string[] => [
  ...(note ? [`--note ${JSON.stringify(note)}`] : []),
  ...(rollout ? [`--wave ${rollout.wave_size}`] : []),
  ...(rollout?.zone ? [`--zone ${rollout.zone}`] : []),
  ...(rollout?.pause_ms ? [`--pause ${rollout.pause_ms / 1_000}s`] : []),
  ...(held ?? []).map((node) => `--hold ${node}`),
  ...(rollout?.stop_failed_percent ? [`--max-failures ${rollout.stop_failed_percent}%`] : []),
];

/** Pairs of role and node, all of them or none. */
export const bind = ({ id, name }: Named, pairs: readonly { readonly role: string; readonly node: string }[]): Act => ({
  label: 'Bind',
  call: call('post', '/api/v2/deployments/{key}/bulk', { path: { key: id }, body: { bind: [...pairs] } }),
  ...(pairs.length === 1
    ? { command: `anneal node-roles bind ${pairs[0]?.role} ${pairs[0]?.node} --deployment ${name}` }
    : {}),
  changes: CHANGES,
});
