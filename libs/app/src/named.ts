/** Finds what a key names, or refuses with how to find out what there is. */
import { refuse, type Refusal } from '#core';
import type { BarclampView } from './ports/barclamp-store.js';
import type { DeploymentRoleView } from './ports/deployment-role-store.js';
import type { DeploymentView } from './ports/deployment-store.js';
import type { NodeRoleDetail } from './ports/node-role-store.js';
import type { NodeView } from './ports/node-store.js';
import type { RoleView } from './ports/role-store.js';
import type { Transaction } from './ports/unit-of-work.js';

/** The longest key that is looked up or repeated in a message: a noderole's name is two names. */
const KEY_LENGTH_MAX = 400;

export const missing = (what: string, key: string, advice: string): Refusal =>
  refuse('not-found', `there is no ${what} "${key.slice(0, KEY_LENGTH_MAX)}": ${advice}.`, {
    key: key.slice(0, KEY_LENGTH_MAX),
  });

export const lookUp = async <View>(
  key: string,
  find: (key: string) => Promise<View | null>,
  what: string,
  advice: string,
): Promise<View | Refusal> =>
  (key.length <= KEY_LENGTH_MAX && !key.includes('\0') ? await find(key) : null) ??
  missing(what, key.replaceAll('\0', '?'), advice);

type Locking = { readonly lock?: boolean };

export const nodeNamed = (tx: Transaction, key: string, options?: Locking): Promise<NodeView | Refusal> =>
  lookUp(key, (k) => tx.nodes.find(k, options), 'node', 'use the name or id of one that `anneal nodes list` shows');

export const deploymentNamed = (tx: Transaction, key: string, options?: Locking): Promise<DeploymentView | Refusal> =>
  lookUp(
    key,
    (k) => tx.deployments.find(k, options),
    'deployment',
    'use the name or id of one that `anneal deployments list` shows',
  );

export const roleNamed = (tx: Transaction, key: string, options?: Locking): Promise<RoleView | Refusal> =>
  lookUp(
    key,
    (k) => tx.roles.find(k, options),
    'role',
    'use the name of one that `anneal roles list` shows, or import the barclamp that brings it',
  );

export const barclampNamed = (tx: Transaction, key: string): Promise<BarclampView | Refusal> =>
  lookUp(key, (k) => tx.barclamps.find(k), 'barclamp', 'use the name of one that was imported');

export const nodeRoleNamed = (tx: Transaction, key: string, options?: Locking): Promise<NodeRoleDetail | Refusal> =>
  lookUp(key, (k) => tx.nodeRoles.find(k, options), 'noderole', 'give its id, or role@node');

export const deploymentRoleNamed = (
  tx: Transaction,
  key: string,
  options?: Locking,
): Promise<DeploymentRoleView | Refusal> =>
  lookUp(key, (k) => tx.deploymentRoles.find(k, options), 'deployment role', 'give its id, or role@deployment');
