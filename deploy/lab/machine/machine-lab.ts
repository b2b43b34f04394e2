import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeAbandonedLabs, removeLab } from '../fleet.js';
import { labFolder, labPrefix, readRecords, writeRecord } from '../lab-record.js';
import { bridgeNamespace, createNetwork, createTap, hostInterface, networkOf, type LabNetwork } from '../network.js';
import { addAddress, bmcOf, PRODUCTS_PLAYED, startBmc, type Bmc, type BmcKind, type ProductPlayed } from './bmc.js';
import { LabMachine, socketOf } from './lab-machine.js';
import {
  DISK_MEBIBYTES,
  MEMORY_MEBIBYTES,
  type BootFirst,
  type DiskOrder,
  type Firmware,
  type LeftOut,
} from './order.js';

/**
 * QEMU machines on a wire of their own, each with a BMC. The host has one interface on the wire: what netboot serves there,
 * with its usual ports, reaches the machines, and nothing that they send leaves the host.
 */
export interface MachineLab {
  readonly network: LabNetwork;
  /** The host's interface on the wire. */
  readonly interface: string;
  readonly machines: readonly LabMachine[];
  /** How a machine's BMC is reached; null where it was ordered without. */
  bmc(machine: LabMachine): Promise<Bmc | null>;
  /** Switches all off and removes machines, wire and disks. Doing it twice is harmless. */
  teardown(): Promise<void>;
}

/** One machine as it is ordered; what is not said is usual. */
export interface MachineWish {
  readonly firmware: Firmware;
  readonly memoryMebibytes?: number;
  readonly processors?: number;
  readonly cards?: number;
  readonly disks?: readonly Omit<DiskOrder, 'serial'>[];
  readonly bootFirst?: BootFirst;
  readonly leaveOut?: readonly LeftOut[];
  /** Its BMC; IPMI when nothing is said. */
  readonly bmc?: BmcKind | null;
  /** Whose habits its Redfish service has; one after the other when nothing is said. */
  readonly product?: ProductPlayed;
}

export interface MachineLabOrder {
  readonly machines: readonly MachineWish[];
  /** True when the lab is meant to outlive this process. */
  readonly keep?: boolean;
  readonly progress?: (line: string) => void;
}

/** Machines lease from .100; below are their own addresses, above .200 those of the BMCs. */
const FIRST_BMC = 200;
export const MACHINES_MAX = 40;

/** Makes the wire, the machines and their BMCs. All are off. Removes everything when one cannot be made. */
export async function startMachineLab(order: MachineLabOrder): Promise<MachineLab> {
  const progress = order.progress ?? (() => undefined);
  if (order.machines.length < 1 || order.machines.length > MACHINES_MAX)
    throw new RangeError(`a lab has 1 to ${MACHINES_MAX} machines, not ${order.machines.length}`);
  await removeAbandonedLabs(progress);
  let claimed: number | null = null;
  try {
    const network = await createNetwork(async (slot) => {
      claimed = slot;
      await writeRecord({
        slot,
        ownerPid: process.pid,
        kept: order.keep ?? false,
        nodes: [],
        machines: order.machines.map((_, at) => folderOf(slot, at + 1)),
      });
    });
    const machines: LabMachine[] = [];
    for (const [at, wish] of order.machines.entries()) machines.push(await makeMachine(network.slot, at + 1, wish));
    return labOf(network.slot, machines);
  } catch (cause) {
    if (claimed !== null) await remove(claimed);
    throw new Error(`make ${order.machines.length} machines`, { cause });
  }
}

/** The labs of machines that this installation made and did not remove. */
export async function openMachineLabs(): Promise<MachineLab[]> {
  const records = (await readRecords()).filter(({ machines }) => machines !== undefined);
  return Promise.all(
    records.map(async ({ slot, machines = [] }) =>
      labOf(
        slot,
        (await Promise.all(machines.map((folder) => LabMachine.open(folder).catch(() => null)))).filter(
          (each) => each !== null,
        ),
      ),
    ),
  );
}

const labOf = (slot: number, machines: readonly LabMachine[]): MachineLab => ({
  network: networkOf(slot),
  interface: hostInterface(slot),
  machines,
  bmc: bmcOf,
  teardown: () => remove(slot),
});

async function makeMachine(slot: number, index: number, wish: MachineWish): Promise<LabMachine> {
  const namespace = bridgeNamespace(slot);
  const name = `${labPrefix(slot)}-machine-${index}`;
  const cards: { mac: string; tap: string }[] = [];
  for (let card = 0; card < (wish.cards ?? 1); card += 1)
    cards.push({ mac: macOf(slot, index, card), tap: await createTap(slot, index, card) });
  const serial = `LM${randomBytes(4).toString('hex').toUpperCase()}`;
  const disks = (wish.disks ?? [{ mebibytes: DISK_MEBIBYTES }]).map((disk, at) => ({
    ...disk,
    serial: `${serial}D${at + 1}`,
  }));
  const machine = await LabMachine.create(
    {
      name,
      namespace,
      firmware: wish.firmware,
      memoryMebibytes: wish.memoryMebibytes ?? MEMORY_MEBIBYTES,
      processors: wish.processors ?? 1,
      uuid: randomUUID(),
      serial,
      cards,
      disks,
      bootFirst: wish.bootFirst ?? 'network',
      leaveOut: wish.leaveOut ?? [],
    },
    folderOf(slot, index),
  );
  if (wish.bmc !== null) {
    const address = `10.77.${slot}.${FIRST_BMC + index}`;
    await addAddress(namespace, address);
    const product = wish.product ?? (PRODUCTS_PLAYED[index % PRODUCTS_PLAYED.length] as ProductPlayed);
    await startBmc(wish.bmc ?? 'ipmi', machine, address, product);
  }
  return machine;
}

async function remove(slot: number): Promise<void> {
  const record = (await readRecords()).find((each) => each.slot === slot);
  await removeLab(slot, []);
  for (let index = 1; index <= (record?.machines?.length ?? 0); index += 1)
    await rm(socketOf(`${labPrefix(slot)}-machine-${index}`), { force: true });
}

const folderOf = (slot: number, index: number): string => join(labFolder(slot), `machine-${index}`);

/** QEMU's own prefix, then the lab, the machine and the card. */
const macOf = (slot: number, index: number, card: number): string =>
  `52:54:00:${[slot, index, card].map((part) => part.toString(16).padStart(2, '0')).join(':')}`;
