import { isRefusal, refuse, type JsonObject, type Refusal } from '#core';
import { AddDeploymentRole } from '../deployment-role/add-deployment-role.js';
import { EditDeploymentRole } from '../deployment-role/edit-deployment-role.js';
import { EditNodeRole } from '../node-role/edit-node-role.js';
import { UnbindNodeRole } from '../node-role/unbind-node-role.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, nodeNamed, nodeRoleNamed } from '../named.js';
import { UpdateNode } from '../node/update-node.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { WithinTransaction } from '../within-transaction.js';
import { BulkBind } from './bulk-bind.js';
import { CreateDeployment } from './create-deployment.js';
import { UpdateDeployment } from './update-deployment.js';

/** Edits that one wish may hold beside its bindings, which have a limit of their own: each is a statement or two. */
export const WISH_EDITS_MAX = 10_000;

/**
 * Everything that somebody wants of a deployment, in one piece: what is bound, what is unbound, and with which values. It
 * proposes and does not commit.
 */
export interface Wish {
  readonly deployment: string;
  /** Makes the deployment when it is not there yet, or else gives it these. */
  readonly as?: { readonly parent?: string; readonly description?: string; readonly priority?: number };
  /** Nodes that belong to it: those that do not yet are moved here, with what is proposed on them and never ran. */
  readonly members?: readonly string[];
  readonly bind?: readonly { readonly role: string; readonly node: string }[];
  /** Noderoles, by id or `role@node`. */
  readonly unbind?: readonly string[];
  /** Merge patches of the data that a role has in the deployment. */
  readonly deploymentRoles?: readonly { readonly role: string; readonly data: JsonObject }[];
  /** Merge patches of the data of noderoles, by id or `role@node`. */
  readonly nodeRoles?: readonly { readonly nodeRole: string; readonly data: JsonObject }[];
}

export interface WishMade {
  readonly created: boolean;
  /** Names of the nodes that were moved here. */
  readonly moved: readonly string[];
  /** Everything that was bound, with what the wanted roles need, as `role@node`. */
  readonly bound: readonly string[];
  /** Everything that went, with what depended on it. */
  readonly unbound: readonly string[];
}

type Parts = Pick<ModelParts, 'unitOfWork' | 'ids' | 'clock' | 'schemas' | 'vetoes' | 'sealed'>;

/** Makes a wish inside of a transaction, by the use cases that make its parts: all of it or, with a refusal, none. */
export const makeWish = async (
  tx: Transaction,
  parts: Parts,
  actor: Actor,
  wish: Wish,
): Promise<WishMade | Refusal> => {
  const within = { ...parts, unitOfWork: new WithinTransaction(tx) };
  const { deployment, deploymentRoles = [], nodeRoles = [] } = wish;
  const { members = [], unbind = [] } = wish;
  const edits = deploymentRoles.length + nodeRoles.length + unbind.length + members.length;
  if (edits > WISH_EDITS_MAX)
    return refuse(
      'too-large',
      `${edits} edits at once are more than ${WISH_EDITS_MAX}: send them in several requests.`,
    );

  // A move keeps the shape of the graph and a binding changes it: the stronger of two locks comes first.
  if (members.length > 0) await tx.bindings.changeShape();
  const there = await tx.deployments.find(deployment, { lock: true });
  const made = there ? null : await new CreateDeployment(within).execute(actor, { name: deployment, ...wish.as });
  if (isRefusal(made)) return made;
  const updated = there && wish.as ? await update(within, actor, there, wish.as) : null;
  if (isRefusal(updated)) return updated;

  const moved = await moveAll(tx, within, actor, deployment, members);
  if (isRefusal(moved)) return moved;
  const unbound = await unbindAll(tx, within, actor, unbind);
  if (isRefusal(unbound)) return unbound;
  const bound = await new BulkBind(within).execute(actor, { deployment, pairs: wish.bind ?? [] });
  if (isRefusal(bound)) return bound;
  const { name } = there ?? (made as { readonly name: string });
  for (const { role, data } of deploymentRoles) {
    const added = await new AddDeploymentRole(within).execute(actor, { deployment, role });
    const edited = isRefusal(added)
      ? added
      : await new EditDeploymentRole(within).execute(actor, { deploymentRole: `${added.role}@${name}`, data });
    if (isRefusal(edited)) return edited;
  }
  for (const { nodeRole, data } of nodeRoles) {
    const edited = await new EditNodeRole(within).execute(actor, { nodeRole, data });
    if (isRefusal(edited)) return edited;
  }
  return { created: made !== null, moved, bound: bound.created.map((each) => each.name), unbound };
};

const update = async (
  within: Parts,
  actor: Actor,
  there: DeploymentView,
  as: NonNullable<Wish['as']>,
): Promise<DeploymentView | Refusal> => {
  const { parent, description = there.description, priority = there.priority } = as;
  if (parent !== undefined && parent !== there.parent && parent !== there.parentId)
    return refuse(
      'wrong-state',
      `${there.name} stands below ${there.parent ?? 'nothing'} and stays there: make a new deployment below ${parent}.`,
      { parent: there.parent },
    );
  if (description === there.description && priority === there.priority) return there;
  return await new UpdateDeployment(within).execute(actor, { deployment: there.id, description, priority });
};

const moveAll = async (
  tx: Transaction,
  within: Parts,
  actor: Actor,
  deployment: string,
  members: readonly string[],
): Promise<string[] | Refusal> => {
  const home = await deploymentNamed(tx, deployment);
  if (isRefusal(home)) return home;
  const moved: string[] = [];
  for (const key of members) {
    const node = await nodeNamed(tx, key);
    if (isRefusal(node)) return node;
    if (node.deploymentId === home.id) continue;
    const after = await new UpdateNode(within).execute(actor, { node: node.id, deployment: home.id });
    if (isRefusal(after)) return after;
    moved.push(after.name);
  }
  return moved;
};

/** One that went with another before its turn is gone already. */
const unbindAll = async (
  tx: Transaction,
  within: Parts,
  actor: Actor,
  keys: readonly string[],
): Promise<string[] | Refusal> => {
  const named: { readonly id: string; readonly name: string }[] = [];
  for (const key of keys) {
    const nodeRole = await nodeRoleNamed(tx, key);
    if (isRefusal(nodeRole)) return nodeRole;
    named.push(nodeRole);
  }
  const unbound: string[] = [];
  for (const { id, name } of named) {
    if (unbound.includes(name)) continue;
    const gone = await new UnbindNodeRole(within).execute(actor, { nodeRole: id });
    if (isRefusal(gone)) return gone;
    unbound.push(name, ...gone.unbound.filter((each) => each !== name));
  }
  return unbound;
};
