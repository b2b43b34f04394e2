import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { controlGroupsOf, removeControlGroups } from './control-group.js';
import { labFolder, type NodeRecord } from './lab-record.js';
import { emptied, killAllIn, namespacePath, processesIn, signal, supervisorAndInit } from './namespace.js';
import { createPort, createProviderPort, portOf, setCable, type Port } from './network.js';
import { createDisk, mountLines, openDisk, readHostKey, type NodeDisk } from './node-disk.js';

/**
 * A machine made of a root file system with systemd and sshd, booted in its own network, process, mount and host-name
 * namespaces. To whoever reaches it over the network it is a machine: it boots, has services, a host key and a boot id,
 * loses power and comes back with its disk. It is no machine to itself: it shares kernel and clock with the host.
 *
 * The object keeps nothing about processes. It asks the kernel who lives in the node's namespace, so another command can
 * open the same node and kill or start it.
 */
export class ContainerNode {
  private constructor(
    readonly slot: number,
    readonly index: number,
    /** The node's FQDN. */
    readonly name: string,
    readonly port: Port,
    private readonly disk: NodeDisk,
    private readonly cloud: boolean,
  ) {}

  /** Makes a node with its network port and disk; it is switched off. `authorizedKeys` may log in as root. */
  static async create(make: {
    slot: number;
    index: number;
    name: string;
    rootfs: string;
    authorizedKeys: string;
    cloud?: boolean;
  }): Promise<ContainerNode> {
    const port = await createPort(make.slot, make.index);
    if (make.cloud) await createProviderPort(make.slot, make.index);
    const identity = { ...make, address: port.address, address6: port.address6 };
    const disk = await createDisk(nodeFolder(make.slot, make.index), make.rootfs, identity);
    return new ContainerNode(make.slot, make.index, make.name, port, disk, make.cloud ?? false);
  }

  /** Opens a node that an earlier command made. */
  static async open(made: NodeRecord & { slot: number }): Promise<ContainerNode> {
    const disk = await openDisk(nodeFolder(made.slot, made.index), made.rootfs);
    return new ContainerNode(
      made.slot,
      made.index,
      made.name,
      portOf(made.slot, made.index),
      disk,
      made.cloud ?? false,
    );
  }

  /** IPv4 address on the lab's admin network. */
  get address(): string {
    return this.port.address;
  }

  /** IPv6 address on the lab's admin network; null where the host has no IPv6. */
  get address6(): string | null {
    return this.port.address6;
  }

  get mac(): string {
    return this.port.mac;
  }

  /** File with everything the node printed on its console. */
  get consoleFile(): string {
    return join(this.disk.folder, 'console.log');
  }

  /** The public SSH host key, `ssh-ed25519 AAAA…`. */
  hostKey(): Promise<string> {
    return readHostKey(this.disk);
  }

  /** Whether any process of the node is alive. */
  async isRunning(): Promise<boolean> {
    return (await processesIn(this.port.namespace)).length > 0;
  }

  /** Switches the node on and returns when its sshd greets. Throws with the end of the console when it does not. */
  async start(deadlineMs: number = BOOT_DEADLINE_MS): Promise<void> {
    if (await this.isRunning()) throw new Error(`${this.name} is running already`);
    await removeTraces(this.port.namespace);
    await setCable(this.slot, this.index, 'plugged');
    const exited = await this.boot();
    const greeted = await greets(this.address, Date.now() + deadlineMs, exited);
    if (!greeted) throw new Error(`${this.name} did not come up; its console says:\n${await this.consoleTail()}`);
  }

  /** Power loss: the cable goes first, so no connection is closed in good order, then everything dies at once. The disk stays. */
  async kill(): Promise<void> {
    await setCable(this.slot, this.index, 'pulled');
    const found = await supervisorAndInit(this.port.namespace);
    if (found?.init != null) signal(found.init, 'SIGKILL');
    if (!(await emptied(this.port.namespace, EXIT_GRACE_MS))) await killAllIn(this.port.namespace, KILL_DEADLINE_MS);
    await removeTraces(this.port.namespace);
  }

  /** Switches the node on again after `kill` or `stop`. */
  async return(): Promise<void> {
    await this.start();
  }

  /** Shuts the node down in good order; what hangs is killed. */
  async stop(): Promise<void> {
    const found = await supervisorAndInit(this.port.namespace);
    // The supervisor passes SIGTERM on as the signal that makes systemd power off.
    if (found) signal(found.supervisor, 'SIGTERM');
    if (!(await emptied(this.port.namespace, SHUTDOWN_DEADLINE_MS)))
      await killAllIn(this.port.namespace, KILL_DEADLINE_MS);
    await removeTraces(this.port.namespace);
  }

  /** Shuts the node down and boots it again. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  private async boot(): Promise<() => boolean> {
    const machine = this.port.namespace;
    const groups = await controlGroupsOf(machine);
    const script = [
      ...groups.map((group) => `mkdir -p ${group} && echo $$ > ${group}/cgroup.procs`),
      ...mountLines(this.disk),
      // Else /proc/sys is read-only in the container, and an agent that turns forwarding on for its networks fails.
      ...(this.cloud ? ['export SYSTEMD_NSPAWN_API_VFS_WRITABLE=1'] : []),
      // Entering the namespace first lets the container mount a /sys of that network instead of the host's.
      `exec nsenter --net=${namespacePath(machine)} sh -c '${bootLoop(machine, this.cloud ? CLOUD_OPTIONS : NSPAWN_OPTIONS)}'`,
    ].join('\n');

    const console = await open(this.consoleFile, 'a', 0o600);
    try {
      // The mount namespace makes the disk's mount end with the node, however the node ends.
      const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-eu', '-c', script], {
        cwd: this.disk.folder,
        detached: true,
        stdio: ['ignore', console.fd, console.fd],
      });
      await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      child.unref();
      return () => child.exitCode !== null || child.signalCode !== null;
    } finally {
      await console.close();
    }
  }

  private async consoleTail(): Promise<string> {
    const text = await readFile(this.consoleFile, 'utf8').catch(() => '(nothing)');
    return text.split('\n').slice(-CONSOLE_TAIL_LINES).join('\n');
  }
}

/** A node is up in about a second; ten at once on two busy cores take longer. */
const BOOT_DEADLINE_MS = 60_000;
/** Systemd gives a service 90 s to stop; a node of a lab is not worth that. */
const SHUTDOWN_DEADLINE_MS = 15_000;
/** After its first process was killed a container is gone at once, but its file system is written back first. */
const EXIT_GRACE_MS = 10_000;
const KILL_DEADLINE_MS = 10_000;
const GREETING_DEADLINE_MS = 2_000;
const POLL_MS = 50;
const CONSOLE_TAIL_LINES = 20;

/**
 * Nothing is registered with a systemd of the host, which need not run. CAP_NET_ADMIN is safe, since the network is the
 * node's own; CAP_SYS_TIME is not given, since the clock is not. The journal, resolver and zone of the host stay its own.
 */
const OPTIONS = ['--boot', '--register=no', '--keep-unit', '--link-journal=no', '--resolv-conf=off', '--timezone=off'];
const NSPAWN_OPTIONS = [...OPTIONS, '--capability=CAP_NET_ADMIN'].join(' ');
/** Namespaces for routers, tap devices, ballooning guests: what a cloud does to a machine needs nearly all rights. */
const CLOUD_OPTIONS = [...OPTIONS, '--capability=all', '--drop-capability=CAP_SYS_TIME'].join(' ');

/** Removes what the container of a machine leaves on the host when it has ended. */
export async function removeTraces(machine: string): Promise<void> {
  await removeControlGroups(machine);
  await rm(join('/run/systemd/nspawn/propagate', machine), { recursive: true, force: true });
}

/** Systemd-nspawn ends with this code when the node has asked for a reboot, and expects to be started again. */
const REBOOT_CODE = 133;

/** Shell words that boot the node, and boot it again for as long as it reboots. */
function bootLoop(machine: string, options: string): string {
  const boot = `systemd-nspawn --quiet --directory="$PWD/root" --machine=${machine} ${options}`;
  return `while :; do code=0; ${boot} || code=$?; [ $code = ${REBOOT_CODE} ] || exit $code; done`;
}

function nodeFolder(slot: number, index: number): string {
  return join(labFolder(slot), `node-${index}`);
}

async function greets(address: string, deadline: number, exited: () => boolean): Promise<boolean> {
  while (Date.now() < deadline && !exited()) {
    if (await readsGreeting(address)) return true;
    await pause(POLL_MS);
  }
  return false;
}

/** One look whether an SSH server answers. */
function readsGreeting(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: GREETING_DEADLINE_MS });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => end(data.toString('latin1').startsWith('SSH-2.0')));
    for (const ending of ['error', 'timeout', 'close']) socket.once(ending, () => end(false));
  });
}
