import {
  commitNodeRole,
  GraphDraft,
  isRefusal,
  refuse,
  setAlive,
  setAvailable,
  unbindNodeRoles,
  withValueAt,
  type Graph,
  type Json,
  type JsonObject,
  type NodeId,
  type NodeRoleId,
  type Refusal,
  type RoleId,
} from '#core';
import { makeMissing } from '../attrib/make-missing.js';
import { placed } from '../attrib/placed.js';
import { bindWithin } from '../bind/bind-within.js';
import { SYSTEM_DEPLOYMENT } from '../installation/install-system.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, roleNamed } from '../named.js';
import { releaseWithin } from '../network/release-within.js';
import type { NodeView } from '../ports/node-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { saveWithout } from '../save-without.js';
import { readSetting } from '../setting/settings.js';
import { askVetoes } from '../veto/ask-vetoes.js';
import { bootInstead, lockMachine, type TakeAsideInput } from './take-aside.js';

/** The role that erases, and the attribute that says which disks it may. */
export const ERASE_ROLE = 'hardware-disk-erase';
const ERASE_ATTRIB = 'disk-erase-disks';

export interface DecommissionInput extends TakeAsideInput {
  /** The name of the node: whoever repeats it has read what will be lost. */
  readonly confirm?: string;
  /** Whether its disks are erased first; those of its inventory that stay in the machine. */
  readonly erase: boolean;
}

interface DiskToErase {
  readonly id: string;
  readonly bytes: number;
  readonly serial: string | null;
  readonly wwn: string | null;
}

/**
 * Takes a node out of service. Everything on it is unbound, its addresses go back, and it stays for the record. Where its
 * disks are to be erased, it boots the discovery system first, and a role erases exactly the disks that its inventory names
 * now, by their stable ids; whatever is plugged in later was not granted. Both ask for the name of the node.
 */
export class DecommissionNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes' | 'sealed'>) {}

  execute(actor: Actor, input: DecommissionInput): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.changeShape();
      const node = await lockMachine(tx, input, 'decommission');
      if (isRefusal(node)) return node;
      if (node.lifecycle === 'decommissioning' || node.lifecycle === 'decommissioned') return node;
      const disks = input.erase ? await disksOf(tx, node.id) : [];
      if (input.confirm?.toLowerCase() !== node.name)
        return refuse(
          'needs-confirmation',
          input.erase
            ? `decommissioning ${node.name} erases ${namesOf(disks)} and takes everything off it: confirm with the name of the node (${node.name}).`
            : `decommissioning ${node.name} takes everything off it: confirm with the name of the node (${node.name}).`,
          { disks: disks.map(({ id }) => id) },
        );
      if (input.erase && disks.length === 0)
        return refuse(
          'wrong-state',
          `the inventory of ${node.name} names no disk that could be erased: let it be discovered, or leave the erasing out.`,
        );
      const gone = await this.unbind(tx, node, input.erase);
      if (isRefusal(gone)) return gone;
      if (!input.erase) return await retireWithin(tx, node, []);
      return await this.erase(tx, node, disks);
    });
  }

  /** Everything; while its disks are to be erased, what a discovered machine gets by itself stays, for the role stands on it. */
  private async unbind(tx: Transaction, node: NodeView, keepsFoot: boolean): Promise<null | Refusal> {
    const graph = await tx.graph.slice({ nodeIds: [node.id] });
    const foot = keepsFoot ? await footOf(tx, graph, node.id) : new Set<NodeRoleId>();
    const mine = [...graph.nodeRoles.values()].filter(({ nodeId, id }) => nodeId === node.id && !foot.has(id));

    const draft = new GraphDraft(graph);
    const gone = unbindNodeRoles(
      draft,
      mine.map(({ id }) => id),
      `decommission node ${node.name}`,
    );
    if (isRefusal(gone)) return gone;
    const veto = askVetoes(this.parts.vetoes, { kind: 'unbind', graph, nodeRoleIds: gone });
    if (veto) return veto;
    await saveWithout(tx, graph, draft, gone);
    return null;
  }

  private async erase(tx: Transaction, node: NodeView, disks: readonly DiskToErase[]): Promise<NodeView | Refusal> {
    const role = await roleNamed(tx, ERASE_ROLE);
    if (isRefusal(role)) return role;
    const system = await deploymentNamed(tx, SYSTEM_DEPLOYMENT);
    if (isRefusal(system)) return system;
    const bound = await bindWithin(tx, this.parts, [{ roleId: role.id, nodeId: node.id, deploymentId: system.id }]);
    if (isRefusal(bound)) return bound;
    const id = (bound.bound[0] as { readonly id: NodeRoleId }).id;
    await tx.nodeRoles.putData(id, { proposedData: await granted(tx, role.id, disks) });
    const graph = await tx.graph.slice({ nodeIds: [node.id] });
    const toCommit = [...graph.nodeRoles.values()]
      .filter(({ nodeId, state }) => nodeId === node.id && state === 'proposed')
      .sort((a, b) => a.cohort - b.cohort);

    const draft = new GraphDraft(graph);
    setAvailable(draft, node.id, true);
    for (const nodeRole of toCommit) {
      const refusal = commitNodeRole(draft, nodeRole.id);
      if (refusal) return refusal;
    }
    draft.tell({
      kind: 'node.decommissioning',
      nodeId: node.id,
      data: { name: node.name, disks: disks.map((disk) => disk.id) },
    });

    await tx.graph.save(graph, draft.decision());
    const ids = toCommit.map((nodeRole) => nodeRole.id);
    await tx.commits.commitData(ids);
    const unmade = await makeMissing(tx, this.parts.sealed, { nodeRoleIds: ids });
    if (unmade) return unmade;
    await tx.machines.mark(node.id, { debugging: null, retirement: 'under-way' });
    return await bootInstead(tx, node, await readSetting(tx, 'unknown_bootenv'));
  }
}

/** The last step: nothing is bound to it any more, nobody looks after it, and it starts nothing but its own, empty disk. */
export const retireWithin = async (
  tx: Transaction,
  node: NodeView,
  erased: readonly string[],
): Promise<NodeView | Refusal> => {
  const graph = await tx.graph.slice({ nodeIds: [node.id] });
  const mine = [...graph.nodeRoles.values()].filter(({ nodeId }) => nodeId === node.id).map(({ id }) => id);

  const draft = new GraphDraft(graph);
  const gone = unbindNodeRoles(draft, mine, `decommission node ${node.name}`);
  if (isRefusal(gone)) return gone;
  setAlive(draft, node.id, false, 'it was taken out of service');
  setAvailable(draft, node.id, false);
  draft.tell({ kind: 'node.decommissioned', nodeId: node.id, data: { name: node.name, erased: [...erased] } });

  await saveWithout(tx, graph, draft, gone);
  await releaseWithin(tx, await tx.networks.allocationsOf({ nodeIds: [node.id] }));
  await tx.machines.forgetBoot(node.id);
  await tx.machines.mark(node.id, { debugging: null, retirement: 'done' });
  await tx.nodes.update(node.id, { hostKey: null, address: null });
  return await bootInstead(tx, node, 'local');
};

/** What the discovery roles of a node stand on, on this node, themselves included. */
const footOf = async (tx: Transaction, graph: Graph, nodeId: NodeId): Promise<Set<NodeRoleId>> => {
  const { roles } = await tx.catalog.facts();
  const discovery = new Set<RoleId>(roles.filter(({ flags }) => flags.includes('discovery')).map(({ id }) => id));
  const foot = new Set<NodeRoleId>();
  const take = (id: NodeRoleId): void => {
    const nodeRole = graph.nodeRoles.get(id);
    if (!nodeRole || nodeRole.nodeId !== nodeId || foot.has(id)) return;
    foot.add(id);
    for (const { parentId } of graph.edgesUp(id)) take(parentId);
  };
  for (const { id, nodeId: on, roleId } of graph.nodeRoles.values())
    if (on === nodeId && discovery.has(roleId)) take(id);
  return foot;
};

/** Disks of the inventory that stay in the machine, can be written to, and can be told from others. */
const disksOf = async (tx: Transaction, nodeId: NodeId): Promise<DiskToErase[]> => {
  const { inventory } = await tx.nodes.documents(nodeId);
  const disks = Array.isArray(inventory['disks']) ? (inventory['disks'] as readonly Json[]) : [];
  return disks.flatMap((each) => {
    const { id, bytes, serial, wwn, removable, read_only: readOnly } = (each ?? {}) as JsonObject;
    if (typeof id !== 'string' || typeof bytes !== 'number' || removable === true || readOnly === true) return [];
    return [
      { id, bytes, serial: typeof serial === 'string' ? serial : null, wwn: typeof wwn === 'string' ? wwn : null },
    ];
  });
};

const granted = async (tx: Transaction, roleId: RoleId, disks: readonly DiskToErase[]): Promise<JsonObject> => {
  const declared = (await tx.attribs.declared(roleId)).find(({ name }) => name === ERASE_ATTRIB);
  if (!declared) throw new Error(`the role ${ERASE_ROLE} has no attribute ${ERASE_ATTRIB}: import its barclamp again`);
  return withValueAt({}, placed(declared).path, disks as unknown as Json);
};

const namesOf = (disks: readonly DiskToErase[]): string =>
  disks.length === 0 ? 'nothing, for it has no disks that are known,' : disks.map(({ id }) => id).join(', ');
