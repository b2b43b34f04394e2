import { isRefusal, type BootTicket, type Identity, type JsonObject, type MachineClaims, type Refusal } from '#core';
import { markReaders } from '../attrib/mark-readers.js';
import { sealWithin } from '../attrib/seal-within.js';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { NodeView } from '../ports/node-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { readSetting } from '../setting/settings.js';
import { commitWhatMay } from './commit-what-may.js';
import { bootMacFirst } from './new-machine.js';
import { turnAway } from './turn-away.js';

/** The node of a machine that is known, locked, unless the boot that it shows is not the one that this node should be in. */
export const lockKnown = async (
  tx: Transaction,
  identity: Extract<Identity, { kind: 'known' }>,
  ticket: BootTicket,
  madeAt: number,
): Promise<NodeView | Refusal> => {
  const node = await nodeNamed(tx, identity.node, { lock: true });
  if (isRefusal(node)) return node;
  if (ticket.node !== null && ticket.node !== node.id)
    return turnAway(
      'other-node',
      `this boot ticket was made for another node; the machine is ${node.name}. One of its addresses stands with that other node: take it off there.`,
    );
  if (node.lifecycle === 'decommissioned' || node.lifecycle === 'decommissioning')
    return turnAway(
      'decommissioned',
      `${node.name} is ${node.lifecycle}: \`anneal nodes scrub ${node.name}\` takes it back, or delete it.`,
    );
  const wants = node.bootenv || (await readSetting(tx, 'unknown_bootenv'));
  if (wants !== ticket.bootenv)
    return turnAway(
      'other-bootenv',
      `${node.name} was to boot ${wants}, and this ticket is for ${ticket.bootenv}${
        ticket.node === null ? `: nobody knew the card ${ticket.mac}, so add it to the addresses of ${node.name}` : ''
      }. Boot it again.`,
      { bootenv: wants },
    );
  const current = await tx.machines.currentOf(node.id);
  if (current && madeAt < current.madeAt.getTime())
    return turnAway('superseded', `${node.name} has booted again since this ticket was made.`);
  return node;
};

/** Takes in what a known machine says of itself, and commits what it gets by itself where nobody has done so. */
export const updateKnown = async (
  tx: Transaction,
  parts: Pick<ModelParts, 'vetoes' | 'sealed'>,
  node: NodeView,
  told: { readonly inventory: JsonObject; readonly claims: MachineClaims; readonly mac: string | null },
): Promise<Refusal | null> => {
  const { inventory: before } = await tx.nodes.documents(node.id);
  const macs = bootMacFirst(told.mac, told.claims.macs);
  const twin = macs.length > 0 ? await tx.nodes.withMacs(macs, node.id) : null;
  if (twin)
    return turnAway('contradiction', `${twin.mac} belongs to ${twin.name}: take it off there, or delete that node.`, {
      nodes: [node.name, twin.name],
    });
  const after = await sealWithin(tx, parts.sealed, null, told.inventory, [before]);
  if (isRefusal(after)) return after;
  await tx.nodes.update(node.id, { inventory: after, ...(macs.length > 0 ? { macs } : {}) });
  await markReaders(tx, { nodes: [{ layer: 'node.inventory', nodeId: node.id, before, after }] });
  const isFirst = node.bootSession === null && node.available;
  return isFirst ? await commitWhatMay(tx, parts, node.id, { initial: true, all: false, destructive: false }) : null;
};
