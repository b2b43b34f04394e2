import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  BmcBook,
  BmcPlanner,
  type BmcLogin,
  type BmcPlan,
  type JigOutcome,
  type PowerFacts,
  type Reach,
  type RoleFile,
} from '#app';
import { loadShipped } from '#catalog';
import { idOf, type JsonObject, type NodeId } from '#core';
import { HardwareJig, ScriptJig } from '#jigs';
import { NodeFirmware, NodePower, SshSession } from '#machine';
import {
  IPMI_SIM_PATHS,
  MemoryMachine,
  RedfishEmulator,
  stageRun,
  startIpmiSim,
  startSshd,
  type IpmiSim,
  type StagedRun,
  type TestSshd,
} from '#testkit';

/** A machine whose BMC is asked from inside over its own network: the simulator has no other side. */
let sshd: TestSshd;
let sim: IpmiSim | null = null;
let session: SshSession;
let folder: string;
let reach: Reach;
let roles: ReadonlyMap<string, readonly RoleFile[]>;
const NODE = idOf<NodeId>('0c5d7a1e-0000-4000-8000-000000000002');
/** Programs of the node are put in front of this host's in a mount namespace. */
const isRoot = process.getuid?.() === 0;
const hasSim = isRoot && IPMI_SIM_PATHS.every((path) => existsSync(path));

beforeAll(async () => {
  folder = mkdtempSync('/var/tmp/anneal-hardware-');
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  if (hasSim) {
    sim = await startIpmiSim('admin', 'the-vendors-own');
    writeFileSync(
      join(programs, 'ipmitool'),
      `#!/bin/sh\nIPMI_PASSWORD=${sim.password} exec /usr/bin/ipmitool -I lanplus -C 3 -H 127.0.0.1 -p ${sim.port} -U admin -E "$@"\n`,
      { mode: 0o755 },
    );
  }
  sshd = await startSshd(isRoot ? { inside: `mount --bind ${programs} /usr/local/sbin && exec "$@"` } : {});
  session = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user });
  reach = { nodeId: NODE, name: 'n1.test', address: '127.0.0.1', sshPort: sshd.port, hostKey: sshd.hostKey };
  roles = new Map((await loadShipped()).flatMap((one) => one.roles.map((role) => [role.name, role.files] as const)));
});
afterAll(async () => {
  await session?.close();
  await sshd?.stop();
  await sim?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What is written down about the node's BMC, in memory. */
class Book extends BmcBook {
  login: BmcLogin | null = null;
  override factsOf(): Promise<PowerFacts> {
    return Promise.resolve({
      name: 'n1.test',
      ways: { bmc: this.login?.protocols ?? [], ssh: false, machine: true },
      bmc: this.login,
      unusable: null,
      reach,
      firmware: 'uefi',
      uuid: null,
    });
  }
  override pin(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

class Planner extends BmcPlanner {
  isVerified = false;
  made = 0;
  constructor(private readonly book: Book) {
    super();
  }
  override plan(_node: NodeId, { user }: { readonly user: string }): Promise<BmcPlan> {
    this.made += 1;
    const password = this.isVerified ? this.book.login!.password : `Made0Here${this.made}Qx7z`;
    return Promise.resolve({
      address: null,
      netmask: null,
      router: null,
      vlan: null,
      user,
      password,
      isVerified: this.isVerified,
    });
  }
  override keep(_node: NodeId, { user, password }: BmcPlan, address: string): Promise<null> {
    this.book.login = loginTo(address, sim!.port, user, password, 'ipmi');
    return Promise.resolve(null);
  }
  override verified(): Promise<void> {
    this.isVerified = true;
    return Promise.resolve();
  }
}

const loginTo = (
  address: string,
  port: number,
  user: string,
  password: string,
  protocol: 'ipmi' | 'redfish',
): BmcLogin => ({
  ...{ protocols: [protocol], address, redfishPort: port, ipmiPort: port, user, password },
  ...{ certificate: null, system: null, cipherSuite: 3 },
});

const staged = (role: string, attribs: JsonObject, outputs: readonly string[] = []): StagedRun =>
  stageRun({
    node: reach,
    roleName: role,
    attribs,
    outputs: outputs.map((name) => ({ name, schema: null })),
    files: Object.fromEntries((roles.get(role) ?? []).map(({ path, content }) => [path, content])),
  });

const folders = () => ({ state: join(folder, 'state'), run: join(folder, 'run') });
const script = (run: StagedRun): Promise<JigOutcome> => new ScriptJig({ session, folders }).run(run);
const hardware = (run: StagedRun, book: Book, planner = new Planner(book)): Promise<JigOutcome> => {
  const parts = { planner, power: new NodePower(book, null, { offMs: 10 }), firmware: new NodeFirmware(book) };
  return new HardwareJig({
    session,
    folders,
    hardware: { ...parts, startMs: 3_000, answerMs: 10_000, lookEveryMs: 100 },
  }).run(run);
};

describe.skipIf(!hasSim)('a BMC, from inside', () => {
  it('is found, with its channel', async () => {
    const outcome = await script(staged('bmc-discover', {}, ['bmc-facts']));
    expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { 'bmc-facts': { channel: 1 } } });
  });

  it('is given a user of ours, who is let in over the network; nobody sees the password', async () => {
    const book = new Book();
    const planner = new Planner(book);
    const attribs = { 'bmc-user': 'anneal', 'bmc-network': '', 'bmc-facts': { channel: 1, address: '127.0.0.1' } };
    const run = staged('bmc-configure', attribs, ['bmc-login']);
    expect(await hardware(run, book, planner), run.text().join('\n')).toEqual({
      kind: 'succeeded',
      outputs: { 'bmc-login': { address: '127.0.0.1', user: 'anneal' } },
    });
    expect(planner.isVerified).toBe(true);
    const { password } = book.login!;
    expect(password).toMatch(/^Made0Here/);
    expect(run.lines.filter(({ line }) => line.includes(password))).toEqual([]);
    // Once more: it is let in already, and the BMC is left alone.
    const again = staged('bmc-configure', attribs, ['bmc-login']);
    expect(await hardware(again, book, planner)).toMatchObject({ kind: 'succeeded' });
    expect(again.text()).toEqual([]);
  });

  it('without an address nothing is begun, and it is said what to do', async () => {
    const run = staged('bmc-configure', { 'bmc-user': 'anneal', 'bmc-facts': { channel: 1, address: null } });
    expect(await hardware(run, new Book())).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('category bmc') as string,
    });
  });
});

describe('firmware and RAID, by an emulated BMC', () => {
  let bmc: RedfishEmulator;
  let machine: MemoryMachine;
  let book: Book;
  beforeEach(async () => {
    machine = new MemoryMachine();
    machine.on = true;
    bmc = await RedfishEmulator.start({ machine, user: 'admin', password: 'secret' });
    book = new Book();
    book.login = loginTo('127.0.0.1', bmc.port, 'admin', 'secret', 'redfish');
    return () => bmc.stop();
  });

  it('BIOS attributes are wished, taken over by a restart from the network, and seen', async () => {
    const run = staged(
      'bios-settings',
      { 'bios-attributes': { WorkloadProfile: 'Virtualization', PowerLimitWatts: 400 } },
      ['bios-settings-applied'],
    );
    expect(await hardware(run, book)).toMatchObject({
      kind: 'succeeded',
      outputs: { 'bios-settings-applied': { PowerLimitWatts: 400 } },
    });
    expect(bmc.biosNow).toMatchObject({ WorkloadProfile: 'Virtualization', PowerLimitWatts: 400 });
    expect(machine.done).toEqual(['boot network', 'reset']);
    expect(bmc.sessionCount).toBe(0);
  });

  it('a machine that is as wished is not restarted', async () => {
    expect(await hardware(staged('firmware-mode', { 'firmware-mode': 'uefi' }), book)).toMatchObject({
      kind: 'succeeded',
    });
    expect(machine.done).toEqual([]);
  });

  it('the firmware mode is changed by the name that its vendor has for it', async () => {
    expect(await hardware(staged('firmware-mode', { 'firmware-mode': 'bios' }), book)).toMatchObject({
      kind: 'succeeded',
    });
    expect(bmc.biosNow['BootMode']).toBe('Bios');
  });

  it('an attribute that the BIOS has not is refused before anything is changed', async () => {
    const outcome = await hardware(
      staged('bios-settings', { 'bios-attributes': { Nonsense: 1, PowerLimitWatts: 1 } }),
      book,
    );
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('Nonsense') as string });
    expect(bmc.biosNow['PowerLimitWatts']).toBe(500);
  });

  it('a BMC that takes settings and forgets them is found out, and the machine is not restarted for nothing', async () => {
    bmc.lies.ignores.push('bios');
    const outcome = await hardware(staged('bios-settings', { 'bios-attributes': { PowerLimitWatts: 1 } }), book);
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('does not show it') as string });
    expect(machine.done).toEqual([]);
  });

  const mirror = (...drives: string[]) => ({ 'raid-volumes': [{ name: 'os', level: 'RAID1', drives }] });

  it('volumes are made of the drives that were granted, once', async () => {
    const run = staged('raid-controller', mirror('Disk.Bay.0', 'SN-1'), ['raid-now']);
    expect(await hardware(run, book)).toEqual({
      kind: 'succeeded',
      outputs: { 'raid-now': [{ name: 'os', level: 'RAID1', drives: ['Disk.Bay.0', 'Disk.Bay.1'] }] },
    });
    expect(await hardware(staged('raid-controller', mirror('Disk.Bay.0', 'SN-1'), ['raid-now']), book)).toMatchObject({
      kind: 'succeeded',
    });
    expect(bmc.volumesNow).toHaveLength(1);
  });

  it('a volume with a drive that was not granted stays, whatever is wished', async () => {
    const three = {
      'raid-volumes': [{ name: 'data', level: 'RAID5', drives: ['Disk.Bay.0', 'Disk.Bay.1', 'Disk.Bay.2'] }],
    };
    expect(await hardware(staged('raid-controller', three), book)).toMatchObject({ kind: 'succeeded' });
    const outcome = await hardware(staged('raid-controller', mirror('Disk.Bay.0', 'Disk.Bay.1')), book);
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('not granted') as string });
    expect(bmc.volumesNow.map(({ name }) => name)).toEqual(['data']);
  });

  it('without a BMC nothing is done, and it is said what to do', async () => {
    book.login = null;
    expect(await hardware(staged('raid-controller', mirror('a', 'b')), book)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('anneal nodes bmc set') as string,
    });
  });
});

describe('the burn-in', () => {
  it('puts CPU and memory under load by what is there, and says what they bore', async () => {
    const run = staged('burn-in', { 'burn-in-seconds': 1, 'burn-in-memory-percent': 1, 'burn-in-disk-mib': 0 }, [
      'burn-in-results',
    ]);
    const outcome = await script(run);
    expect(outcome, run.text().join('\n')).toMatchObject({
      kind: 'succeeded',
      outputs: { 'burn-in-results': { cpu: { mistakes: 0, seconds: 1 }, memory: { mistakes: 0 }, disks: [] } },
    });
  });
});

describe.skipIf(!isRoot)('software RAID', () => {
  it('a disk that is not there keeps everything from being touched', async () => {
    writeFileSync(join(folder, 'bin', 'mdadm'), `#!/bin/sh\necho "$@" >>${folder}/mdadm.log\n`, { mode: 0o755 });
    const arrays = [{ name: 'data', level: 1, disks: ['wwn:0xnone1', 'serial:none2'] }];
    const run = staged('raid-software', { 'raid-arrays': arrays }, ['raid-arrays-now']);
    expect(await script(run)).toMatchObject({ kind: 'failed' });
    expect(run.text().join('\n')).toContain('there is no disk wwn:0xnone1');
    expect(existsSync(join(folder, 'mdadm.log'))).toBe(false);
  });
});
