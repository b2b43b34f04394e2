import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SshSession } from '#machine';
import { freePort, openHome } from '#runtime';
import { ApiProblem, type LabApi } from '../../../deploy/lab/api.js';
import { stopInstallation } from '../../../deploy/lab/installation.js';
import type { Families } from '../../../deploy/lab/machine/admin-network.js';
import { makeAdminNetwork } from '../../../deploy/lab/machine/admin-network.js';
import { buildImages, publishImages, type LabImages } from '../../../deploy/lab/machine/images.js';
import type { LabMachine } from '../../../deploy/lab/machine/lab-machine.js';
import { startMachineLab, type MachineLab, type MachineWish } from '../../../deploy/lab/machine/machine-lab.js';
import { MachineSite, registerSecure, type SiteNode } from '../../../deploy/lab/machine/machine-site.js';
import { installationOn } from '../../../deploy/lab/machine/on-machines.js';
import { lastInstall, mark, type SiteInstall } from '../../../deploy/lab/machine/watch-installs.js';

/**
 * Anneal with machines on a wire of its own, in a home of its own, for tests: what `npm run lab` starts, and the questions
 * that a test asks. Nothing of it is left when it is closed.
 */
export const DISCOVERED_MS = 420_000;
export const INSTALLED_MS = 600_000;
/** What a node had done is done once more after each boot, before its install is active again. */
export const SETTLED_MS = 180_000;
const LOOK_MS = 500;
const SSH_MS = 30_000;
/** Of the whole install: so much is done before the image is written. */
const WRITING_PERCENT = 10;
/** It runs, or what it rests on does. */
const EARLY: ReadonlySet<string | undefined> = new Set(['parent-not-active', 'wrong-state']);
/** How much of a console or a log a failure shows. */
const TAIL_LINES = 25;

export class InstallSite {
  private constructor(
    readonly home: string,
    readonly lab: MachineLab,
    readonly api: LabApi,
    readonly site: MachineSite,
    readonly images: LabImages,
    private readonly session: SshSession,
  ) {}

  /** When the machine that was discovered last was; for whoever measures. */
  discoveredAt: number | null = null;
  private readonly past = new Set<string>();

  static async start(machines: readonly MachineWish[], families: Families = 'dual'): Promise<InstallSite> {
    const images = await buildImages((line) => console.log(`lab: ${line}`));
    const home = await mkdtemp(join(tmpdir(), 'anneal-lab-'));
    process.env['ANNEAL_HOME'] = home;
    let lab: MachineLab | null = null;
    try {
      lab = await startMachineLab({ machines });
      const { api } = await installationOn(lab, families, await freePort());
      await makeAdminNetwork(api, lab.network, families);
      await publishImages(api, images);
      const session = new SshSession({ privateKey: { path: join(openHome(home).path, 'ssh', 'id_ed25519') } });
      return new InstallSite(home, lab, api, new MachineSite(lab, api), images, session);
    } catch (cause) {
      await remove(home, lab);
      throw new Error('start Anneal with machines', { cause });
    }
  }

  async close(): Promise<void> {
    await this.session.close();
    await remove(this.home, this.lab);
  }

  machine(index: number): LabMachine {
    const machine = this.lab.machines[index];
    if (!machine) throw new RangeError(`there is no machine ${index}`);
    return machine;
  }

  /** Switches a machine on and waits until it is a node that is alive, with its BMC known. */
  async discover(machine: LabMachine): Promise<SiteNode> {
    await this.site.switchOn(machine);
    const [node] = await this.site.discovered([machine], DISCOVERED_MS);
    this.discoveredAt = performance.now();
    await this.site.tellBmc(machine, node as SiteNode);
    return node as SiteNode;
  }

  /** Binds a role to a node in the deployment that it is in, and commits. */
  async bind(node: SiteNode, role: string): Promise<void> {
    const { deployment } = await this.node(node);
    await this.api.post(`deployments/${deployment}/bulk`, { bind: [{ role, node: node.name }] });
    await this.api.put(`deployments/${deployment}/commit`, { note: 'a test' });
  }

  /** Takes a role off a node. */
  async unbind(node: SiteNode, role: string): Promise<void> {
    await this.api.delete(`node_roles/${role}@${node.name}`);
  }

  /** Binds the role that installs to a node in a deployment of its own, and commits. `attribs` are the node's. */
  async orderInstall(node: SiteNode, attribs: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const deployment = `d-${node.name.split('.')[0]}`;
    await this.api.post('deployments', { name: deployment });
    await this.api.patch(`nodes/${node.id}`, { deployment });
    await this.api.post(`deployments/${deployment}/bulk`, {
      bind: [{ role: 'lab-installed', node: node.name }],
    });
    for (const [name, value] of Object.entries(attribs)) await this.setInstall(node, name, value);
    await this.api.put(`deployments/${deployment}/commit`, { note: 'a test' });
  }

  /** Sets an attribute of the install of a node, which must be bound. */
  async setInstall(node: SiteNode, name: string, value: unknown): Promise<void> {
    await this.api.put(`node_roles/provisioner-os-install@${node.name}/attribs/${name}`, { value });
  }

  /** Asks for the install once more, by name, because it destroys; the one that there was no longer counts. */
  async installAgain(node: SiteNode): Promise<void> {
    const before = await lastInstall(this.api, node.id);
    if (before) this.past.add(before.id);
    await this.again(node, 'provisioner-os-install', { confirm: node.name });
  }

  /** Has a role run once more. It and what it rests on are done again after each boot, which is waited for. */
  async again(node: SiteNode, role: string, body?: Readonly<Record<string, string>>): Promise<void> {
    for (const end = performance.now() + DISCOVERED_MS; ; await pause(LOOK_MS)) {
      try {
        return void (await this.api.put(`node_roles/${role}@${node.name}/retry`, body));
      } catch (cause) {
        const early = cause instanceof ApiProblem && EARLY.has(cause.code);
        if (!early || performance.now() > end)
          throw new Error(await this.story(node, `${role} cannot be tried again`), { cause });
      }
    }
  }

  /** The install that was asked for last; null while it has not begun. */
  async install(node: SiteNode): Promise<SiteInstall | null> {
    const last = await lastInstall(this.api, node.id);
    return last && this.past.has(last.id) ? null : last;
  }

  /** Waits until the last install of a node is in one of these phases. Throws when it ends in another. */
  async untilPhase(node: SiteNode, phases: readonly string[], deadlineMs: number = INSTALLED_MS): Promise<SiteInstall> {
    const end = performance.now() + deadlineMs;
    for (;;) {
      const install = await this.install(node);
      await mark(this.site);
      if (install && phases.includes(install.phase)) return install;
      const over = install !== null && ['failed', 'cancelled', 'joined'].includes(install.phase);
      if (over || performance.now() > end) throw new Error(await this.story(node, `not in ${phases.join(' or ')}`));
      await pause(LOOK_MS);
    }
  }

  /** Waits until the machine has written a part of its disk. */
  async untilWriting(node: SiteNode): Promise<void> {
    for (const end = performance.now() + INSTALLED_MS; ; await pause(LOOK_MS)) {
      const install = await this.install(node);
      if (install?.phase === 'installing' && install.step === 'write' && (install.percent ?? 0) > WRITING_PERCENT)
        return;
      if (install?.phase === 'failed' || performance.now() > end)
        throw new Error(await this.story(node, 'it writes nothing'));
    }
  }

  /** Waits until a machine has said something on its console since its power came on last. */
  async untilConsole(machine: LabMachine, what: RegExp, deadlineMs: number): Promise<void> {
    const began = (await machine.said()).length;
    for (const end = performance.now() + deadlineMs; ; await pause(LOOK_MS)) {
      if (what.test((await machine.said()).slice(began))) return;
      if (performance.now() > end) throw new Error(`${machine.name} never said ${what}`);
    }
  }

  async untilAlive(node: SiteNode, deadlineMs: number): Promise<void> {
    for (const end = performance.now() + deadlineMs; ; await pause(LOOK_MS)) {
      if ((await this.node(node)).alive) return;
      if (performance.now() > end) throw new Error(await this.story(node, 'not alive'));
    }
  }

  async nodeRole(node: SiteNode, role: string): Promise<{ state: string; status: string }> {
    return this.api.get(`node_roles/${role}@${node.name}`);
  }

  async untilState(node: SiteNode, role: string, state: string, deadlineMs: number): Promise<void> {
    for (const end = performance.now() + deadlineMs; ; await pause(LOOK_MS)) {
      if ((await this.nodeRole(node, role)).state === state) return;
      if (performance.now() > end) throw new Error(await this.story(node, `${role} is not ${state}`));
    }
  }

  /** A machine with secure boot is made known before its power comes on: what nobody knows gets a loader without a signature. */
  async register(machine: LabMachine): Promise<void> {
    await registerSecure(this.api, machine);
  }

  async node(node: SiteNode): Promise<
    SiteNode & {
      host_key: string | null;
      inventory: unknown;
      deployment: string;
      boot_session: { bootenv: string } | null;
    }
  > {
    return this.api.get(`nodes/${node.id}`);
  }

  /** What a command says on a node, as root over SSH with the key that is pinned. */
  async on(node: SiteNode, argv: readonly string[], deadlineMs: number = SSH_MS): Promise<string> {
    const { id, name, address, host_key: hostKey } = await this.node(node);
    const lines: string[] = [];
    const reach = { nodeId: id as never, name, address, sshPort: 22, hostKey };
    const end = await this.session.exec(reach, argv, { deadlineMs, onLine: (_, line) => lines.push(line) });
    if (end.kind !== 'exited' || end.exitCode !== 0)
      throw new Error(`${argv.join(' ')} on ${name}: ${JSON.stringify(end)} ${lines.join('\n')}`);
    return lines.join('\n');
  }

  /** What is known about a node that did not do what it should. */
  async story(node: SiteNode, what: string): Promise<string> {
    const install = await this.install(node);
    const machine = this.lab.machines.find((each) => node.macs.includes(each.mac));
    const consoleTail = ((await machine?.said()) ?? '').trimEnd().split('\n').slice(-TAIL_LINES).join('\n  ');
    const roles = await this.api.list<{ role: string; node: string; state: string; status: string }>('node_roles');
    const waiting = roles.filter((each) => each.node === node.name && each.state !== 'active');
    return [
      `${node.name}: ${what}`,
      install
        ? `install ${install.phase} ${install.step} ${install.percent ?? ''} ${install.reason}\n  ${install.log_tail.slice(-TAIL_LINES).join('\n  ')}`
        : 'there is no install',
      ...waiting.map(({ role, state, status }) => `${role} ${state} ${status}`),
      `its console ends with:\n  ${consoleTail}`,
    ].join('\n');
  }
}

const remove = async (home: string, lab: MachineLab | null): Promise<void> => {
  await stopInstallation();
  await lab?.teardown();
  await rm(home, { recursive: true, force: true });
  delete process.env['ANNEAL_HOME'];
  delete process.env['ANNEAL_SERVER_URL'];
};
