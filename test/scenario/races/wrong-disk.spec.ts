import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginInstall, armInstall, isRefusal, planInstall, progressInstall, type Install, type InstallLayout } from '#core';
import {
  Chance,
  findDisks,
  FLEET_DISK_BYTES,
  fleetDisk,
  planFacts,
  recheckDisks,
  type FleetDisk,
  type FoundDisk,
} from '#testkit';

/**
 * Installs on machines whose disks are renumbered, swapped, pulled and plugged between the inventory and the last write.
 * Disks are chosen by the rules of core, compared by the machine and by the server, and looked at again before each step
 * that writes, as the programs in deploy/images/install do it; `findDisks` and `recheckDisks` ask the same questions in
 * TypeScript. A disk that has neither WWN nor serial number is granted by its place: that another one of the same size has
 * been put there between two boots is what nobody can see, so such disks are not exchanged for their like here.
 */
const INSTALLS = 10_000;
const IMAGE_BYTES = 2_147_483_648;
const STEPS = ['wipe', 'partition', 'write', 'loader'] as const;

/** What stays the same disk whatever it is called; nothing in the product sees it. */
interface Piece extends FleetDisk {
  readonly piece: number;
}

class Bay {
  private pieces = 0;
  private number = 0;
  disks: Piece[] = [];

  constructor(private readonly chance: Chance) {
    for (let at = 0; at < 1 + chance.below(5); at += 1) this.plug();
    if (chance.below(20) === 0) this.plug({ ...this.any() });
    if (chance.below(3) === 0) this.renumber();
  }

  any(): Piece {
    return this.disks[this.chance.below(this.disks.length)]!;
  }

  /** A disk more; a copy of another one in all that it says of itself, where one is given. */
  plug(like?: Piece): void {
    const { chance } = this;
    this.pieces += 1;
    this.number += 1;
    const kind = chance.below(10);
    const [serial, wwn] = [kind < 6 ? `SER${chance.below(1e9)}` : null, kind < 4 ? `0x5000${chance.below(1e9)}` : null];
    const busPath = `pci-0000:00:${String(this.pieces).padStart(2, '0')}.0`;
    const id = wwn !== null ? `wwn:${wwn}` : serial !== null ? `serial:${serial}` : `path:${busPath}`;
    const fresh = fleetDisk('m', 'vda', {
      ...{ serial, wwn, busPath, id: id as FleetDisk['id'] },
      bytes: FLEET_DISK_BYTES + (serial === null ? this.pieces : chance.below(3)) * 1_048_576,
      ...{ removable: chance.below(12) === 0, readOnly: chance.below(20) === 0 },
    });
    this.disks.push({ ...fresh, ...like, name: this.freeName(), number: this.number, piece: this.pieces });
  }

  pull(): void {
    this.remove(this.any());
  }

  /** Two change their places, and with them the names of the kernel. */
  swap(): void {
    const [a, b] = [this.any(), this.any()];
    if (a.serial === null || b.serial === null) return;
    this.disks = this.disks.map((disk) =>
      disk === a
        ? { ...a, name: b.name, busPath: b.busPath, number: (this.number += 1) }
        : disk === b
          ? { ...b, name: a.name, busPath: a.busPath, number: (this.number += 1) }
          : disk,
    );
  }

  /** Another disk takes the place and the name of one, as when somebody exchanges it. */
  exchange(): void {
    const old = this.any();
    this.remove(old);
    this.plug();
    const fresh = this.disks.pop()!;
    const bytes = this.chance.below(2) === 0 && old.serial !== null ? old.bytes : fresh.bytes;
    this.disks.push({ ...fresh, name: old.name, busPath: old.busPath, bytes });
  }

  /** Of two that say the same of themselves none stays alone: then nobody could tell that it is the other one. */
  private remove(old: Piece): void {
    this.disks = this.disks.filter(({ id }) => id !== old.id);
  }

  /** A new boot gives out the names anew. */
  renumber(): void {
    const names = this.disks.map(({ name }) => name);
    this.disks = this.disks.map((disk, at) => ({ ...disk, name: names[(at + 1) % names.length]!, number: at + 1 }));
    this.number = this.disks.length;
  }

  disturb(): void {
    const what = this.chance.below(5);
    if (this.disks.length === 0) return this.plug();
    if (what === 0) this.plug(this.chance.below(4) === 0 ? this.any() : undefined);
    if (what === 1) this.pull();
    if (what === 2) this.swap();
    if (what === 3) this.exchange();
  }

  private freeName(): string {
    const taken = new Set(this.disks.map(({ name }) => name));
    return ['vda', 'vdb', 'vdc', 'vdd', 'vde', 'vdf', 'vdg', 'vdh', 'vdi', 'vdj', 'vdk'].find((name) => !taken.has(name))!;
  }
}

const HASHES = { token: 't'.repeat(64), join: 'j'.repeat(64) };

/** One install. Gives what became of it, and the disks that were written to beside those that were granted. */
const attempt = (chance: Chance): { readonly end: string; readonly wrong: number; readonly written: number } => {
  const bay = new Bay(chance);
  const layout: InstallLayout = (['plain', 'lvm', 'raid1'] as const)[chance.below(3)]!;
  const { id, serial, busPath } = bay.any();
  const rules = ['first', 'smallest', 'largest', `id:${id}`, `serial:${serial}`, `path:${busPath}`, 'path:*00:0*'];
  const facts = planFacts({});
  const claimed = new Map(bay.disks.flatMap((disk) => (chance.below(8) === 0 ? [[disk.id, 'data@m']] : [])) as never);
  const planned = planInstall({
    ...facts,
    inventory: { ...facts.inventory!, disks: bay.disks },
    wish: { ...facts.wish, layout, disks: { rule: rules[chance.below(rules.length)]! } },
    claimed: claimed as never,
  });
  if (isRefusal(planned)) return { end: 'refused', wrong: 0, written: 0 };
  const { disks: granted } = planned.install.plan;
  const mine = new Set(granted.map((grant) => bay.disks.find((disk) => disk.id === grant.id)!.piece));
  for (const piece of mine) expect(claimed.has(bay.disks.find((disk) => disk.piece === piece)!.id as never)).toBe(false);

  for (let times = chance.below(3); times > 0; times -= 1) bay.disturb();
  if (chance.below(2) === 0) bay.renumber();
  const found = findDisks(bay.disks, granted, IMAGE_BYTES);
  if (typeof found === 'string') return { end: 'not found', wrong: 0, written: 0 };
  if (!mayWrite(installing(planned.install), bay, found)) return { end: 'ended by the server', wrong: 0, written: 0 };

  const written = new Set<number>();
  const write = ({ name }: FoundDisk): void => {
    const disk = bay.disks.find((each) => each.name === name);
    if (disk) written.add(disk.piece);
  };
  let end = 'installed';
  for (const _step of STEPS) {
    if (chance.below(6) === 0) bay.disturb();
    if (!recheckDisks(bay.disks, found)) {
      end = 'stopped';
      break;
    }
    for (const disk of found) write(disk);
  }
  // After a failure no disk may start; those that are still the same are made so.
  if (end === 'stopped') for (const disk of found) if (recheckDisks(bay.disks, [disk])) write(disk);
  return { end, wrong: [...written].filter((piece) => !mine.has(piece)).length, written: written.size };
};

/** The first report, with the disks as they were found; what the server answers lets it write or not. */
const mayWrite = (install: Install, bay: Bay, found: readonly FoundDisk[]): boolean => {
  const disks = found.map(({ name, granted }) => {
    const { bytes, serial } = bay.disks.find((disk) => disk.name === name)!;
    return { id: granted.id, bytes, serial };
  });
  const reporter = { tokenHash: HASHES.token, isTheMachine: null, bootId: null };
  const said = progressInstall(install, reporter, { step: 'wipe', percent: 1, says: '', lines: [], disks }, 3);
  return !isRefusal(said) && said.install.phase === 'installing';
};

const installing = (install: Install): Install => {
  const armed = armInstall(install, { others: 0, max: 1, now: 1 });
  if (isRefusal(armed)) throw new Error(armed.detail);
  const begun = beginInstall(armed.install, { via: 'ssh', session: null, hashes: HASHES, now: 2 });
  if (isRefusal(begun)) throw new Error(begun.detail);
  return begun.install;
};

describe('the disks of a machine are changed under an install', () => {
  it(`and in ${INSTALLS} installs none is written that was not granted`, () => {
    const chance = new Chance(20_261_122);
    const ends = new Map<string, number>();
    let [wrong, written] = [0, 0];
    for (let at = 0; at < INSTALLS; at += 1) {
      const one = attempt(chance);
      ends.set(one.end, (ends.get(one.end) ?? 0) + 1);
      wrong += one.wrong;
      written += one.written;
    }
    expect(wrong).toBe(0);
    // Every way in which it can end was taken, and often enough to mean something.
    for (const end of ['refused', 'not found', 'stopped', 'installed']) expect(ends.get(end) ?? 0).toBeGreaterThan(200);
    expect(written).toBeGreaterThan(1_000);
  });
});

const run = promisify(execFile);
const PARTS = join(import.meta.dirname, '../../../deploy/images/install/parts');

describe('the programs that run on the machine', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-wrong-disk-'));
    await mkdir(join(folder, 'state'));
    await mkdir(join(folder, 'bin'));
    // Whatever would write says so instead.
    for (const program of ['wipefs', 'dd', 'mdadm', 'blkdiscard', 'blockdev', 'sgdisk']) {
      await writeFile(join(folder, 'bin', program), `#!/bin/sh\necho "${program} $*" >>"${folder}/written"\n`);
      await chmod(join(folder, 'bin', program), 0o755);
    }
    for (const [at, name] of ['vda', 'vdb'].entries()) await disk(name, at + 1, 8_388_608);
    await writeFile(join(folder, 'state/disks'), 'vda\nvdb\n');
    await writeFile(join(folder, 'state/system-disks'), 'vda\nvdb\n');
    await writeFile(join(folder, 'state/found'), `vda 1 ${2 ** 32} serial:A\nvdb 2 ${2 ** 32} serial:B\n`);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const disk = async (name: string, number: number, sectors: number): Promise<void> => {
    await mkdir(join(folder, 'sys/block', name, 'queue'), { recursive: true });
    await writeFile(join(folder, 'sys/block', name, 'diskseq'), `${number}\n`);
    await writeFile(join(folder, 'sys/block', name, 'size'), `${sectors}\n`);
    await writeFile(join(folder, 'sys/block', name, 'queue/rotational'), '1\n');
  };
  /** Runs a step; gives the devices that it would have written to. */
  const step = async (name: string): Promise<readonly string[]> => {
    const env = {
      ...{ PATH: `${folder}/bin:${process.env['PATH']}`, PARTS, STATE: join(folder, 'state') },
      ANNEAL_SYS: join(folder, 'sys'),
    };
    await run('sh', [join(PARTS, `step-${name}.sh`)], { env, timeout: 20_000 }).catch(() => undefined);
    const written = await readFile(join(folder, 'written'), 'utf8').catch(() => '');
    return [...new Set([...written.matchAll(/\/dev\/(vd[a-z])/g)].map(([, device]) => device!))].sort();
  };
  const reason = () => readFile(join(folder, 'state/reason'), 'utf8').catch(() => '');

  it.each(['wipe', 'spoil'])('write to both granted disks in %s while nothing has changed', async (name) => {
    expect(await step(name)).toEqual(['vda', 'vdb']);
  });

  it.each([
    ['another disk has its name', () => disk('vda', 7, 8_388_608)],
    ['it was pulled', () => rm(join(folder, 'sys/block/vda'), { recursive: true })],
    ['it has another size', () => disk('vda', 1, 4_194_304)],
    ['the two have changed their names', () => Promise.all([disk('vda', 2, 8_388_608), disk('vdb', 1, 8_388_608)])],
  ])('write to none of them in wipe when %s', async (_what, change) => {
    await change();
    expect(await step('wipe')).toEqual([]);
    expect(await reason()).toContain('something was plugged in or out');
  });

  it('make none start after a failure that is not the disk which was found', async () => {
    await disk('vda', 7, 8_388_608);
    expect(await step('spoil')).toEqual(['vdb']);
    await rm(join(folder, 'written'));
    await rm(join(folder, 'sys/block/vdb'), { recursive: true });
    expect(await step('spoil')).toEqual([]);
  });
});
