import {
  GraphDraft,
  isRefusal,
  refuse,
  setAlive,
  setAvailable,
  type JsonObject,
  type NodeId,
  type Refusal,
} from '#core';
import { markReaders } from '../attrib/mark-readers.js';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { NodeView } from '../ports/node-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { readSetting } from '../setting/settings.js';
import { refuseStale } from '../stale.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export interface TakeAsideInput {
  readonly node: string;
  readonly version?: number;
}

/**
 * Takes a node aside so that a person can look at it: it boots the discovery system, and nothing is done on it. Or puts it
 * back: it is to boot what it was to boot before, and is worked on again. Nothing is restarted here.
 */
export class DebugNode {
  constructor(private readonly parts: Parts) {}

  execute(actor: Actor, input: TakeAsideInput & { readonly on: boolean }): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      const node = await lockMachine(tx, input, input.on ? 'debug' : 'put back');
      if (isRefusal(node)) return node;
      const from = await tx.machines.debuggedFrom(node.id);
      if ((from !== null) === input.on) return node;
      const graph = await tx.graph.slice({ nodeIds: [node.id] });

      const draft = new GraphDraft(graph);
      setAvailable(draft, node.id, !input.on);
      draft.tell({ kind: input.on ? 'node.debugged' : 'node.put_back', nodeId: node.id });

      await tx.graph.save(graph, draft.decision());
      await tx.machines.mark(node.id, { debugging: input.on ? { from: node.bootenv } : null });
      return await bootInstead(tx, node, from ?? (await readSetting(tx, 'unknown_bootenv')));
    });
  }
}

/**
 * Forgets what was found out about a machine: inventory, hints, quirks, what it reported, the boot it is in and its host
 * key. It keeps its name, its cards, its groups and what is bound to it, and is discovered afresh when it boots again. It is
 * also the way back for a node that was taken out of service.
 */
export class ScrubNode {
  constructor(private readonly parts: Parts) {}

  execute(actor: Actor, input: TakeAsideInput): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      const node = await lockMachine(tx, input, 'scrub');
      if (isRefusal(node)) return node;
      if (node.lifecycle === 'decommissioning')
        return refuse(
          'wrong-state',
          `the disks of ${node.name} are being erased: wait for the end, or cancel that run.`,
        );
      const before = await tx.nodes.documents(node.id);
      const graph = await tx.graph.slice({ nodeIds: [node.id] });

      const draft = new GraphDraft(graph);
      setAlive(draft, node.id, false, 'it is to be discovered afresh');
      if (node.lifecycle === 'decommissioned' || node.lifecycle === 'debugging') setAvailable(draft, node.id, true);
      draft.tell({ kind: 'node.scrubbed', nodeId: node.id, data: { name: node.name } });

      await tx.graph.save(graph, draft.decision());
      const nothing: JsonObject = {};
      await tx.machines.forgetBoot(node.id);
      await tx.machines.mark(node.id, { debugging: null, retirement: 'none' });
      await tx.nodes.update(node.id, { inventory: nothing, hints: nothing, quirks: [], hostKey: null });
      await markReaders(tx, {
        nodes: [
          { layer: 'node.inventory', nodeId: node.id, before: before.inventory, after: nothing },
          { layer: 'node.hint', nodeId: node.id, before: before.hints, after: nothing },
        ],
      });
      return await bootInstead(tx, node, await readSetting(tx, 'unknown_bootenv'));
    });
  }
}

/** A machine, locked, that nothing owns at this moment. */
export const lockMachine = async (
  tx: Transaction,
  input: TakeAsideInput,
  verb: string,
): Promise<NodeView | Refusal> => {
  const node = await nodeNamed(tx, input.node, { lock: true });
  if (isRefusal(node)) return node;
  const stale = refuseStale(`node ${node.name}`, node, input.version);
  if (stale) return stale;
  if (node.system) return refuse('invalid', `${node.name} stands in for a deployment: there is no machine to ${verb}.`);
  if (node.admin)
    return refuse('wrong-state', `${node.name} is an admin node, which Anneal itself runs on: it stays as it is.`);
  if (node.lifecycle === 'installing')
    return refuse('wrong-state', `an install owns ${node.name}: cancel it first, or wait for its end.`);
  return node;
};

/** What the node is to boot from now on; whoever serves boots hears of it. */
export const bootInstead = async (
  tx: Transaction,
  node: { readonly id: NodeId; readonly bootenv: string },
  bootenv: string,
) => {
  if (bootenv !== node.bootenv) {
    await tx.nodes.update(node.id, { bootenv });
    tx.tell({
      kind: 'node.changed',
      nodeId: node.id,
      data: { fields: ['bootenv'], bootenv: { from: node.bootenv, to: bootenv } },
    });
  }
  return (await tx.nodes.find(node.id)) as NodeView;
};
