import { ContainerNode, removeTraces } from './container-node.js';
import { forget, ownerIsAlive, readRecords, writeRecord, type LabRecord, type NodeRecord } from './lab-record.js';
import { stopPackageProxy } from './package-proxy/start.js';
import { createNetwork, networkOf, NODES_MAX, portOf, removeNetwork, type LabNetwork } from './network.js';
import { buildRootfs } from './rootfs.js';
import type { RootfsRecipe } from './rootfs-recipe.js';

/**
 * A lab's machines together: one network and the nodes on it, made and removed as one. What a command made and could not
 * remove, because it was killed, the next one finds in the records and removes.
 */
export interface Fleet {
  readonly network: LabNetwork;
  readonly nodes: readonly ContainerNode[];
  /** Removes nodes, network and disks. Doing it twice is harmless. */
  teardown(): Promise<void>;
}

export interface FleetOrder {
  readonly count: number;
  /** Public keys that log in as root, a line each. */
  readonly sshKey: string;
  /** True when the fleet is meant to outlive this process. */
  readonly keep?: boolean;
  /** What the nodes are made of, where it is not what the lab's nodes are. */
  readonly recipe?: RootfsRecipe;
  /** The nodes are to carry a cloud: a provider network, and all rights over their own namespaces. */
  readonly cloud?: boolean;
  /** FQDNs of the nodes in their order, where they are not node-1, node-2 and so on. */
  readonly names?: readonly string[];
  readonly progress?: (line: string) => void;
}

/** Booting is work of the processor: more at once than this only makes each of them slow. */
const BOOTS_AT_ONCE = 4;
const DOMAIN = 'lab.test';

/** Makes a network with nodes and switches them on. Returns when root can log in on each; removes all of it when one fails. */
export async function startFleet(order: FleetOrder): Promise<Fleet> {
  const progress = order.progress ?? (() => undefined);
  if (order.count < 1 || order.count > NODES_MAX)
    throw new RangeError(`a lab has 1 to ${NODES_MAX} nodes, not ${order.count}`);
  await removeAbandonedLabs(progress);
  const rootfs = await buildRootfs(progress, order.recipe);

  const planned: NodeRecord[] = Array.from({ length: order.count }, (_, at) => {
    return {
      index: at + 1,
      name: order.names?.[at] ?? `node-${at + 1}.${DOMAIN}`,
      rootfs,
      ...(order.cloud ? { cloud: true } : {}),
    };
  });
  const record = (slot: number): LabRecord => ({
    slot,
    ownerPid: process.pid,
    kept: order.keep ?? false,
    nodes: planned,
  });
  let claimed: number | null = null;
  try {
    const network = await createNetwork(async (slot) => {
      claimed = slot;
      await writeRecord(record(slot));
    }, order.cloud);
    const nodes = await inGroups(planned, async (plan) => {
      const node = await ContainerNode.create({ ...plan, slot: network.slot, authorizedKeys: order.sshKey });
      const began = performance.now();
      await node.start();
      progress(`${node.name} is up at ${node.address} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
      return node;
    });
    return { network, nodes, teardown: () => removeLab(network.slot, planned) };
  } catch (cause) {
    if (claimed !== null) await removeLab(claimed, planned);
    throw new Error(`start ${order.count} container nodes`, { cause });
  }
}

/** The fleets that this installation made and did not remove. */
export async function openFleets(): Promise<Fleet[]> {
  return Promise.all(
    (await readRecords())
      .filter(({ machines }) => machines === undefined)
      .map(async (record) => ({
        network: networkOf(record.slot),
        nodes: await Promise.all(record.nodes.map((node) => ContainerNode.open({ ...node, slot: record.slot }))),
        teardown: () => removeLab(record.slot, record.nodes),
      })),
  );
}

/** Removes the labs whose command died without removing them. Labs that were meant to stay are left alone. */
export async function removeAbandonedLabs(progress: (line: string) => void): Promise<void> {
  for (const record of await readRecords()) {
    if (record.kept || ownerIsAlive(record)) continue;
    progress(`removing lab ${record.slot}, whose command has died`);
    await removeLab(record.slot, record.nodes);
  }
}

/** Removes a lab of either kind: network, whoever lives in it, disks, record. */
export async function removeLab(slot: number, nodes: readonly NodeRecord[]): Promise<void> {
  await stopPackageProxy(slot);
  await removeNetwork(slot);
  for (const node of nodes) await removeTraces(portOf(slot, node.index).namespace);
  await forget(slot);
}

async function inGroups<Item, Made>(items: readonly Item[], make: (item: Item) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const lanes = Array.from({ length: BOOTS_AT_ONCE }, async () => {
    while (next < items.length && failures.length === 0) {
      const at = next++;
      try {
        made[at] = await make(items[at] as Item);
      } catch (cause) {
        failures.push(cause);
      }
    }
  });
  await Promise.all(lanes);
  if (failures.length > 0) throw failures[0];
  return made;
}
