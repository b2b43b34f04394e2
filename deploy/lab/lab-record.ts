import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labsFolder } from './folders.js';

/**
 * What is written down about a lab, so that a later command can find it, use it, or remove what a crashed one left.
 * Only names are kept: whether a node runs is asked of the kernel.
 */
export interface LabRecord {
  /** Number of the lab on this host; it is in every name and address of the lab. */
  readonly slot: number;
  /** Process that made the lab. */
  readonly ownerPid: number;
  /** True when the lab is meant to outlive that process. */
  readonly kept: boolean;
  readonly nodes: readonly NodeRecord[];
  /** Folders of QEMU machines; none in a lab of containers. */
  readonly machines?: readonly string[];
}

export interface NodeRecord {
  readonly index: number;
  /** The node's FQDN. */
  readonly name: string;
  /** Root file system below the node's own layer. */
  readonly rootfs: string;
  /** The node may carry a cloud: it has a port in the provider network, and all rights over its own namespaces. */
  readonly cloud?: boolean;
}

/** What every name of a lab begins with: interfaces, namespaces, machines, control groups. */
export function labPrefix(slot: number): string {
  return `anl${slot}`;
}

/** Folder of a lab. */
export function labFolder(slot: number): string {
  return join(labsFolder(), labPrefix(slot));
}

/** Writes a record, whole or not at all. */
export async function writeRecord(record: LabRecord): Promise<void> {
  const folder = labFolder(record.slot);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `lab.json.${process.pid}`);
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`);
  await rename(draft, join(folder, 'lab.json'));
}

/** All labs that this installation has made and not removed. */
export async function readRecords(): Promise<LabRecord[]> {
  const names = await readdir(labsFolder()).catch(() => []);
  const records: LabRecord[] = [];
  for (const name of names.sort()) {
    if (!/^anl\d+$/.test(name)) continue;
    const text = await readFile(join(labsFolder(), name, 'lab.json'), 'utf8').catch(() => null);
    if (text !== null) records.push(JSON.parse(text) as LabRecord);
  }
  return records;
}

/** Removes the folder of a lab with the disks of its nodes. */
export async function forget(slot: number): Promise<void> {
  await rm(labFolder(slot), { recursive: true, force: true });
}

/** Whether the process that made a lab is still there. */
export function ownerIsAlive(record: LabRecord): boolean {
  try {
    process.kill(record.ownerPid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
