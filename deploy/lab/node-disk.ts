import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ssh2 from 'ssh2';
import { command, succeeds } from './command.js';

/**
 * The disk of a node: the shared root file system below, and a layer of the node's own on top that holds whatever it
 * writes and survives a power cut. Where the kernel cannot mount such a layer here, the disk is a whole copy instead.
 *
 * What makes a node itself is written before its first boot: name, machine id, SSH host key, who may log in.
 */
export interface NodeDisk {
  /** Folder of the node; `root` in it is the disk as the node sees it. */
  readonly folder: string;
  readonly rootfs: string;
  readonly layered: boolean;
}

export interface NodeIdentity {
  /** The node's FQDN. */
  readonly name: string;
  readonly address: string;
  readonly address6: string | null;
  /** Public keys that log in as root, a line each. */
  readonly authorizedKeys: string;
}

const COPY_DEADLINE_MS = 300_000;
const HOST_KEY = 'etc/ssh/ssh_host_ed25519_key';

/** Folders written to, with the modes they have in the root file system: the layer's own folders hide those below. */
const FOLDERS: readonly (readonly [string, number])[] = [
  ['', 0o755],
  ['etc', 0o755],
  ['etc/ssh', 0o755],
  ['root', 0o700],
  ['root/.ssh', 0o700],
];

/** Makes a node's disk. */
export async function createDisk(folder: string, rootfs: string, identity: NodeIdentity): Promise<NodeDisk> {
  for (const name of ['root', 'layer', 'work']) await mkdir(join(folder, name), { recursive: true });
  const layered = await canLayer(folder, rootfs);
  const disk = { folder, rootfs, layered };
  if (!layered)
    await command('cp', ['-a', '--reflink=auto', `${rootfs}/.`, join(folder, 'root')], {
      deadlineMs: COPY_DEADLINE_MS,
    });
  await writeIdentity(writable(disk), identity);
  return disk;
}

/** The shell lines that put the disk in place, run in the node's folder and in a mount namespace that ends with the node. */
export function mountLines(disk: NodeDisk): string[] {
  if (!disk.layered) return [];
  const layer = layerOptions(disk.rootfs);
  return [
    // The mark of a layer that was not unmounted: a power cut of one node is no crash of the file system below it.
    'rm -rf work/work/incompat',
    `mount -t overlay overlay -o ${quote(`${layer},volatile`)} root 2>/dev/null || mount -t overlay overlay -o ${quote(layer)} root`,
  ];
}

/** The public host key of a node as `ssh-ed25519 AAAA…`. */
export async function readHostKey(disk: NodeDisk): Promise<string> {
  const line = await readFile(join(writable(disk), `${HOST_KEY}.pub`), 'utf8');
  return line.trim().split(' ').slice(0, 2).join(' ');
}

/** Finds the disk that a node already has. */
export async function openDisk(folder: string, rootfs: string): Promise<NodeDisk> {
  const copied = await succeeds('test', ['-e', join(folder, 'root', HOST_KEY)]);
  return { folder, rootfs, layered: !copied };
}

async function writeIdentity(target: string, identity: NodeIdentity): Promise<void> {
  const short = identity.name.split('.')[0] ?? identity.name;
  const hostKey = ssh2.utils.generateKeyPairSync('ed25519', { comment: identity.name });
  const addresses = [identity.address, ...(identity.address6 === null ? [] : [identity.address6])];
  const hosts = [
    '127.0.0.1 localhost',
    '::1 localhost',
    ...addresses.map((address) => `${address} ${identity.name} ${short}`),
  ];

  for (const [path, mode] of FOLDERS) await mkdir(join(target, path), { recursive: true, mode });
  await place(target, 'etc/hostname', `${identity.name}\n`);
  await place(target, 'etc/hosts', `${hosts.join('\n')}\n`);
  await place(target, 'etc/machine-id', `${randomBytes(16).toString('hex')}\n`);
  await place(target, HOST_KEY, hostKey.private.trim() + '\n', 0o600);
  await place(target, `${HOST_KEY}.pub`, `${hostKey.public.trim()}\n`);
  await place(target, 'root/.ssh/authorized_keys', `${identity.authorizedKeys.trim()}\n`, 0o600);
}

async function place(target: string, path: string, content: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(target, path)), { recursive: true });
  await writeFile(join(target, path), content, { mode });
}

function writable(disk: NodeDisk): string {
  return join(disk.folder, disk.layered ? 'layer' : 'root');
}

function layerOptions(rootfs: string): string {
  return `lowerdir=${rootfs},upperdir=layer,workdir=work`;
}

/** Tried for real, in a mount namespace of its own: kernels and file systems below differ in what they allow. */
async function canLayer(folder: string, rootfs: string): Promise<boolean> {
  if (/[:,\\]/.test(rootfs)) return false;
  const mount = `cd ${quote(folder)} && mount -t overlay overlay -o ${quote(layerOptions(rootfs))} root`;
  return succeeds('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', mount]);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
