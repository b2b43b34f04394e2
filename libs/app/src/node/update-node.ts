import { refuseUnknownBootenv } from '../bootenv/refuse-unknown.js';
import { GraphDraft, isRefusal, moveNode, refuse, setAlive, setAvailable, type JsonObject, type Refusal } from '#core';
import { markReaders } from '../attrib/mark-readers.js';
import { joinGroups } from '../group/join-groups.js';
import { patchedDocument } from '../merge-patch.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, nodeNamed, roleNamed } from '../named.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { NodeChange, NodeView } from '../ports/node-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { checkNodeFields, type NodeFields } from './check-fields.js';
import { patchedHints } from './patched-hints.js';
import { aimAt } from './target-role.js';

export interface UpdateNodeInput extends NodeFields {
  readonly node: string;
  readonly version?: number;
  /** Told by hand; where liveness looks after the node, it will say so itself soon after. */
  readonly alive?: boolean;
  readonly available?: boolean;
  readonly probed?: boolean;
  /** Moves the node; noderoles that are proposed and have never run follow. */
  readonly deployment?: string;
  /** Only what this role needs is annealed; null ends that. */
  readonly targetRole?: string | null;
  /** All groups of the node, `category/name`. */
  readonly groups?: readonly string[];
}

/** Changes a node. `hints` and `notes` are merged as RFC 7396 says; lists and single values are replaced. */
export class UpdateNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'schemas' | 'sealed'>) {}

  execute(actor: Actor, input: UpdateNodeInput): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const fields = checkNodeFields(input);
      if (isRefusal(fields)) return fields;
      await tx.bindings.keepShape();
      const node = await nodeNamed(tx, input.node, { lock: true });
      if (isRefusal(node)) return node;
      const stale = refuseStale(`node ${node.name}`, node, input.version);
      if (stale) return stale;
      const deployment = input.deployment === undefined ? null : await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      if (deployment && node.system)
        return refuse('invalid', `${node.name} stands in for deployment ${node.deployment} and stays there.`, {
          field: 'deployment',
        });

      const refusal =
        (await this.changeGraph(tx, node, input, deployment)) ??
        (await this.changeFields(tx, node, fields, deployment));
      if (refusal) return refusal;
      return (await tx.nodes.find(node.id)) as NodeView;
    });
  }

  /** What the rules decide: aliveness, availability, the move, and what is switched off beside the target. */
  private async changeGraph(
    tx: Transaction,
    node: NodeView,
    input: UpdateNodeInput,
    deployment: DeploymentView | null,
  ): Promise<Refusal | null> {
    const { alive, available, targetRole } = input;
    const move = deployment && deployment.id !== node.deploymentId ? deployment : null;
    if (alive === undefined && available === undefined && targetRole === undefined && !move) return null;
    const target = typeof targetRole === 'string' ? await roleNamed(tx, targetRole) : null;
    if (isRefusal(target)) return target;
    const graph = await tx.graph.slice({ nodeIds: [node.id] });

    const draft = new GraphDraft(graph);
    const refusal =
      (alive === undefined ? null : setAlive(draft, node.id, alive, 'told by an operator')) ??
      (available === undefined ? null : setAvailable(draft, node.id, available)) ??
      (targetRole === undefined ? null : aimAt(draft, node.id, target));
    if (refusal) return refusal;
    const followers = move ? moveNode(draft, node.id, move.id) : [];

    if (move)
      await tx.deploymentRoles.insertMissing(
        followers.map((id) => ({ deploymentId: move.id, roleId: graph.nodeRole(id).roleId })),
      );
    await tx.graph.save(graph, draft.decision());
    if (targetRole !== undefined || move)
      await tx.nodes.update(node.id, {
        ...(targetRole === undefined ? {} : { targetRoleId: target?.id ?? null }),
        ...(move ? { deploymentId: move.id } : {}),
      });
    return null;
  }

  private async changeFields(
    tx: Transaction,
    node: NodeView,
    fields: UpdateNodeInput,
    deployment: DeploymentView | null,
  ): Promise<Refusal | null> {
    const unknownBootenv = fields.bootenv === node.bootenv ? null : await refuseUnknownBootenv(tx, fields.bootenv);
    if (unknownBootenv) return unknownBootenv;
    const before = await tx.nodes.documents(node.id);
    const hints =
      fields.hints && (await patchedHints(tx, this.parts, { name: node.name, before: before.hints }, fields.hints));
    if (isRefusal(hints)) return hints;
    const notes = fields.notes && patchedDocument(`the notes of ${node.name}`, before.notes, fields.notes);
    if (isRefusal(notes)) return notes;
    const twin = fields.macs ? await tx.nodes.withMacs(fields.macs, node.id) : null;
    if (twin)
      return refuse(
        'conflict',
        `${twin.mac} belongs to node ${twin.name}: a hardware address is on one machine only.`,
        { field: 'macs', node: twin.name },
      );
    const { description, bootenv, address, sshPort, hostKey, probed, macs, quirks } = fields;
    const change = withoutUndefined({
      description,
      bootenv,
      address,
      sshPort,
      hostKey,
      probed,
      macs,
      quirks,
      hints,
      notes,
    });
    if (Object.keys(change).length > 0) await tx.nodes.update(node.id, change);
    if (hints)
      await markReaders(tx, { nodes: [{ layer: 'node.hint', nodeId: node.id, before: before.hints, after: hints }] });
    const joined = fields.groups
      ? await joinGroups(tx, this.parts.ids, node.id, fields.groups, { exactly: true })
      : null;
    if (joined) return joined;
    const names = [...Object.keys(change), ...(deployment ? ['deployment'] : []), ...(fields.groups ? ['groups'] : [])];
    if (names.length > 0)
      tx.tell({
        kind: 'node.changed',
        nodeId: node.id,
        deploymentId: deployment?.id ?? node.deploymentId,
        data: { fields: names, ...changedBoot(node, change) },
      });
    return null;
  }
}

const withoutUndefined = (change: NodeChange): NodeChange =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as NodeChange;

/** Whoever serves boots wants to see a change of the boot environment without reading the node. */
const changedBoot = (node: NodeView, change: NodeChange): JsonObject =>
  change.bootenv === undefined || change.bootenv === node.bootenv
    ? {}
    : { bootenv: { from: node.bootenv, to: change.bootenv } };
