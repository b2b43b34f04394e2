import { refuseUnknownBootenv } from '../bootenv/refuse-unknown.js';
import { isRefusal, refuse, refuseDocument, type JsonObject, type NodeId, type Refusal } from '#core';
import { sealWithin } from '../attrib/seal-within.js';
import type { BoundNodeRole } from '../bind/bind-within.js';
import { SYSTEM_DEPLOYMENT } from '../installation/install-system.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import type { NodeView } from '../ports/node-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { joinGroups } from '../group/join-groups.js';
import { bindInitialRoles } from './bind-initial-roles.js';
import { checkNodeFields, type NodeFields } from './check-fields.js';
import { commitNodeWithin } from './commit-node.js';
import { nodeName } from './name.js';
import { patchedHints } from './patched-hints.js';

export interface CreateNodeInput extends NodeFields {
  readonly name: string;
  readonly admin?: boolean;
  /** The system deployment when absent. */
  readonly deployment?: string;
  readonly alive?: boolean;
  readonly available?: boolean;
  /** Whether liveness looks after it; otherwise somebody says when it is alive. */
  readonly probed?: boolean;
  readonly inventory?: JsonObject;
  /** `category/name`; made when missing. */
  readonly groups?: readonly string[];
  /** Commits at once what the node gets by itself. */
  readonly commit?: boolean;
}

export interface CreateNodeResult {
  readonly node: NodeView;
  /** What was bound to it: bootstrap roles to the first admin node, discovery roles to machines. */
  readonly created: readonly BoundNodeRole[];
}

/** Makes a node and binds what such a node gets by itself. */
export class CreateNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes' | 'schemas' | 'sealed'>) {}

  execute(actor: Actor, input: CreateNodeInput): Promise<CreateNodeResult | Refusal> {
    return this.parts.unitOfWork.write(actor, (tx) => this.within(tx, input));
  }

  /** For use cases that make a node along with something else. */
  async within(tx: Transaction, input: CreateNodeInput): Promise<CreateNodeResult | Refusal> {
    const name = nodeName(input.name);
    if (isRefusal(name)) return name;
    const fields = checkNodeFields(input);
    if (isRefusal(fields)) return fields;
    const unknownBootenv = await refuseUnknownBootenv(tx, fields.bootenv);
    if (unknownBootenv) return unknownBootenv;
    const told = input.inventory ?? {};
    const tooLarge = refuseDocument('the inventory', told);
    if (tooLarge) return tooLarge;
    const inventory = await sealWithin(tx, this.parts.sealed, null, told);
    if (isRefusal(inventory)) return inventory;
    const hints = await patchedHints(tx, this.parts, { name, before: {} }, fields.hints ?? {});
    if (isRefusal(hints)) return hints;
    await tx.bindings.changeShape();
    const deployment = await deploymentNamed(tx, input.deployment ?? SYSTEM_DEPLOYMENT);
    if (isRefusal(deployment)) return deployment;

    const id = this.parts.ids.next<NodeId>();
    const admin = input.admin ?? false;
    const firstAdmin = admin && (await tx.nodes.admins()).length === 0;
    const twin = fields.macs ? await tx.nodes.withMacs(fields.macs, id) : null;
    if (twin)
      return refuse(
        'conflict',
        `${twin.mac} belongs to node ${twin.name}: a hardware address is on one machine only.`,
        { field: 'macs', node: twin.name },
      );
    const inserted = await tx.nodes.insertMissing({
      id,
      name,
      description: fields.description ?? '',
      deploymentId: deployment.id,
      admin,
      system: false,
      alive: input.alive ?? false,
      available: input.available ?? true,
      bootenv: fields.bootenv ?? 'local',
      address: fields.address ?? null,
      sshPort: fields.sshPort ?? 22,
      hostKey: fields.hostKey ?? null,
      probed: input.probed ?? true,
      macs: fields.macs ?? [],
      inventory,
      hints,
      quirks: fields.quirks ?? [],
      notes: fields.notes ?? {},
    });
    if (!inserted)
      return refuse(
        'already-exists',
        `there is a node ${name} already: give this one another name, or change that one.`,
        { field: 'name', name },
      );
    tx.tell({ kind: 'node.created', nodeId: id, deploymentId: deployment.id, data: { name, admin } });
    const joined = await joinGroups(tx, this.parts.ids, id, input.groups ?? []);
    if (joined) return joined;

    const created = await bindInitialRoles(tx, this.parts, { id, admin, firstAdmin });
    if (isRefusal(created)) return created;
    if (input.commit) {
      const refusal = await commitNodeWithin(tx, this.parts, id);
      if (refusal) return refusal;
    }
    return { node: (await tx.nodes.find(id)) as NodeView, created };
  }
}
