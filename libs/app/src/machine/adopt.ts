import { claimsOf, hintName, identify, isRefusal, refuse, type JsonObject, type Refusal } from '#core';
import { markReaders } from '../attrib/mark-readers.js';
import { bindWithin } from '../bind/bind-within.js';
import { sealWithin } from '../attrib/seal-within.js';
import type { ModelParts } from '../model-parts.js';
import { CreateNode } from '../node/create-node.js';
import type { InventoryAsker } from '../ports/inventory-asker.js';
import type { Adoption } from '../ports/machine-store.js';
import type { BootSessionId } from '../ports/model-ids.js';
import type { NodeView } from '../ports/node-store.js';
import { ENGINE, type Actor, type Transaction, type UnitOfWork } from '../ports/unit-of-work.js';
import { beginBootSession } from './begin-boot-session.js';
import { commitWhatMay } from './commit-what-may.js';
import { wholeName } from './new-machine.js';

/** Milliseconds for which a machine is tried that is to be adopted: whoever asked stands beside it. */
const ADOPT_WITHIN_MS = 10 * 60_000;
/** Milliseconds for one look at it. */
const ASK_DEADLINE_MS = 30_000;
/** Adoptions of one turn. */
const ADOPTIONS_MAX = 20;
/** What says that a node has its operating system already, where the catalog has it. */
const PRESENT_ROLE = 'provisioner-os-present';
/** It starts from its own disk. */
const OWN_DISK = 'local';

export interface AdoptNodeInput {
  readonly address: string;
  readonly name?: string;
  readonly sshPort?: number;
  /** The key that it must offer; without one, the key that it offers is trusted. */
  readonly hostKey?: string;
  readonly deployment?: string;
  readonly groups?: readonly string[];
  readonly description?: string;
  /** Whether what it gets is committed once it has been asked, but for what destroys. */
  readonly commit?: boolean;
}

/**
 * Takes in a machine that runs already, as it is: nothing is installed, and nothing on it is changed until somebody commits.
 * The leader asks it over SSH, with the key of this installation in its authorized_keys, what it is.
 */
export class AdoptNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes' | 'schemas' | 'sealed'>) {}

  execute(actor: Actor, input: AdoptNodeInput): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, (tx) => this.within(tx, input));
  }

  /** For use cases that have got hold of such a machine themselves. */
  async within(tx: Transaction, input: AdoptNodeInput): Promise<NodeView | Refusal> {
    await tx.bindings.changeShape();
    const { address, commit = false, name, sshPort, hostKey, deployment, groups, description } = input;
    const there = (await tx.networks.reached()).find((each) => each.address === address);
    if (there)
      return refuse('conflict', `${there.node} is reached at ${address} already.`, {
        field: 'address',
        node: there.node,
      });
    const made = await new CreateNode(this.parts).within(tx, {
      name: name ?? (await wholeName(tx, `a${address.replaceAll(/[^0-9a-f]+/gi, '-').replace(/-$/, '')}`, address)),
      address,
      bootenv: OWN_DISK,
      hints: await keepsAddress(tx, address),
      ...(sshPort === undefined ? {} : { sshPort }),
      ...(hostKey === undefined ? {} : { hostKey }),
      ...(deployment === undefined ? {} : { deployment }),
      ...(groups === undefined ? {} : { groups }),
      ...(description === undefined ? {} : { description }),
    });
    if (isRefusal(made)) return made;
    // An allocation may have said otherwise; it has not been configured, and may never be.
    await tx.nodes.update(made.node.id, { address });
    await tx.machines.insertAdoption(made.node.id, { commits: commit, withinMs: ADOPT_WITHIN_MS });
    tx.tell({
      kind: 'machine.adopting',
      nodeId: made.node.id,
      deploymentId: made.node.deploymentId,
      data: { name: made.node.name, address },
    });
    return (await tx.nodes.find(made.node.id)) as NodeView;
  }
}

/** Where the admin network has the address, it is the node's own from the start. */
const keepsAddress = async (tx: Transaction, address: string): Promise<JsonObject> => {
  const range = await tx.networks.rangeAt(address);
  const isOurs = range !== null && range.category === 'admin' && range.name === 'host';
  return isOurs ? { [hintName(range.network, range.family)]: address } : {};
};

/** Asks machines that are to be adopted, one after the other, and writes what came of it. For the leader. */
export class AdoptMachines {
  constructor(
    private readonly parts: Pick<ModelParts, 'ids' | 'vetoes' | 'clock' | 'sealed'> & {
      readonly unitOfWork: UnitOfWork;
      readonly asker: InventoryAsker;
    },
  ) {}

  async execute(): Promise<void> {
    for (const adoption of await this.parts.unitOfWork.read((tx) => tx.machines.adoptions(ADOPTIONS_MAX)))
      await this.adopt(adoption);
  }

  private async adopt({ nodeId, isOverdue }: Adoption): Promise<void> {
    const { unitOfWork, asker } = this.parts;
    const node = await unitOfWork.read((tx) => tx.nodes.find(nodeId));
    if (!node) return;
    const told = await asker.ask(
      { nodeId, name: node.name, address: node.address, sshPort: node.sshPort, hostKey: node.hostKey },
      ASK_DEADLINE_MS,
    );
    if (told.kind === 'failed') {
      await unitOfWork.write(ENGINE, (tx) => this.end(tx, node, isOverdue ? 'failed' : 'asked', told.reason));
      return;
    }
    const taken = await unitOfWork.write(ENGINE, (tx) => this.takeIn(tx, node, told));
    // Whatever refuses it now refuses it in a minute: a person has to look.
    if (isRefusal(taken)) await unitOfWork.write(ENGINE, (tx) => this.end(tx, node, 'failed', taken.detail));
  }

  private async takeIn(
    tx: Transaction,
    node: NodeView,
    told: { readonly inventory: JsonObject; readonly bootId: string; readonly hostKey: string },
  ): Promise<null | Refusal> {
    await tx.bindings.changeShape();
    const adoption = await tx.machines.lockAdoption(node.id);
    if (!adoption) return null;
    const claims = claimsOf(told.inventory);
    const others = (await tx.machines.alike(claims)).filter((known) => known.node !== node.id);
    const identity = identify(claims, others);
    if (identity.kind !== 'new')
      return refuse(
        'conflict',
        identity.kind === 'known'
          ? `the machine at ${node.address} is ${identity.name} already: delete ${node.name}.`
          : `${identity.says}.`,
      );
    const { inventory: before } = await tx.nodes.documents(node.id);
    const after = await sealWithin(tx, this.parts.sealed, null, told.inventory, [before]);
    if (isRefusal(after)) return after;
    await tx.nodes.update(node.id, {
      inventory: after,
      ...(claims.macs.length > 0 ? { macs: claims.macs } : {}),
    });
    await markReaders(tx, { nodes: [{ layer: 'node.inventory', nodeId: node.id, before, after }] });
    await beginBootSession(tx, {
      id: this.parts.ids.next<BootSessionId>(),
      nodeId: node.id,
      system: 'disk',
      bootenv: node.bootenv,
      madeAt: new Date(this.parts.clock.now()),
      bootId: told.bootId,
      address: node.address,
      digest: null,
      hostKey: told.hostKey,
    });
    const refusal = (await this.bindPresent(tx, node)) ?? (await this.commit(tx, node, adoption));
    if (refusal) return refusal;
    await tx.machines.noteAdoption(node.id, { state: 'done', says: '' });
    tx.tell({
      kind: 'machine.adopted',
      nodeId: node.id,
      deploymentId: node.deploymentId,
      data: { name: node.name, address: node.address },
    });
    return null;
  }

  private async bindPresent(tx: Transaction, node: NodeView): Promise<Refusal | null> {
    const role = await tx.roles.find(PRESENT_ROLE);
    if (!role) return null;
    const bound = await bindWithin(tx, this.parts, [
      { roleId: role.id, nodeId: node.id, deploymentId: node.deploymentId },
    ]);
    return isRefusal(bound) ? bound : null;
  }

  private async commit(tx: Transaction, node: NodeView, { commits }: Adoption): Promise<Refusal | null> {
    if (!commits) return null;
    return await commitWhatMay(tx, this.parts, node.id, { initial: true, all: true, destructive: false });
  }

  private async end(tx: Transaction, node: NodeView, state: Adoption['state'], says: string): Promise<void> {
    const adoption = await tx.machines.lockAdoption(node.id);
    if (!adoption || (adoption.state === state && adoption.says === says)) return;
    await tx.machines.noteAdoption(node.id, { state, says });
    if (state !== 'failed') return;
    tx.tell({
      kind: 'machine.refused',
      nodeId: node.id,
      deploymentId: node.deploymentId,
      data: { why: 'adoption', says, address: node.address },
    });
  }
}
