import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = join(
  import.meta.dirname,
  '../../../libs/catalog/barclamps/hardware/roles/hardware-disk-erase/10-erase.sh',
);
const BYTES = 9 * 2 ** 20 + 1_024;
const LIMIT_MS = 20_000;

/** The words that the runner gives a script, as far as this one uses them. */
const WORDS = `
has_attribute() { jq -e --arg path "$1" 'getpath($path | split("/") | map(tonumber? // .)) != null' "$ATTRIBS" >/dev/null; }
read_attribute() { jq -r --arg path "$1" 'getpath($path | split("/") | map(tonumber? // .)) // empty' "$ATTRIBS"; }
write_attribute() { printf '%s %s\\n' "$1" "$(printf '%s' "$2" | jq -c .)" >>"$OUTPUTS"; }
set -e -o pipefail
`;

interface Disk {
  readonly name: string;
  readonly id: string;
  readonly bytes: number;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly removable?: boolean;
  readonly read_only?: boolean;
}

describe('erasing the disks of a node that goes out of service', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-erase-'));
    await mkdir(join(folder, 'dev'));
    for (const name of ['sda', 'sdb']) await writeFile(join(folder, 'dev', name), Buffer.alloc(BYTES, name));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const disk = (name: string, over: Partial<Disk> = {}): Disk => ({
    name,
    id: `serial:${name}1`,
    bytes: BYTES,
    serial: `${name}1`,
    wwn: null,
    removable: false,
    read_only: false,
    ...over,
  });

  /** The script itself, with files in the place of disks and the answers of another machine. */
  const run = async (granted: readonly Disk[], there: readonly Disk[], root = 'tmpfs') => {
    const script = (await readFile(SCRIPT, 'utf8'))
      .replaceAll('/usr/lib/anneal/inventory/disks.sh', join(folder, 'disks.sh'))
      .replaceAll('/dev/$', `${folder}/dev/$`)
      .replaceAll('/sys/block', join(folder, 'sys'))
      // A file in memory has no direct way to a medium.
      .replaceAll(/ [io]flag=direct/g, '');
    await writeFile(join(folder, 'disks.sh'), `cat ${join(folder, 'there.json')}`);
    await writeFile(join(folder, 'there.json'), JSON.stringify(there));
    const grants = granted.map(({ id, bytes, serial, wwn }) => ({ id, bytes, serial, wwn }));
    await writeFile(join(folder, 'attribs.json'), JSON.stringify({ 'disk-erase-disks': grants }));
    await writeFile(join(folder, 'outputs'), '');
    const text = `${WORDS}\nstat() { echo ${root}; }\nmdadm() { :; }\nvgchange() { :; }\n${script}`;
    const env = { ...process.env, ATTRIBS: join(folder, 'attribs.json'), OUTPUTS: join(folder, 'outputs') };
    const ended = await new Promise<{ code: number; said: string }>((resolve) => {
      execFile('bash', ['-c', text], { env, timeout: LIMIT_MS }, (error, out, err) =>
        resolve({ code: error ? Number(error.code ?? -1) : 0, said: out + err }),
      );
    });
    const isUntouched = async (name: string): Promise<boolean> =>
      (await readFile(join(folder, 'dev', name))).equals(Buffer.alloc(BYTES, name));
    const isErased = async (name: string): Promise<boolean> =>
      (await readFile(join(folder, 'dev', name))).equals(Buffer.alloc(BYTES));
    return { ...ended, outputs: await readFile(join(folder, 'outputs'), 'utf8'), isUntouched, isErased };
  };

  it('writes the disks that were granted whole, and leaves the others', async () => {
    const { code, said, outputs, isErased, isUntouched } = await run([disk('sda')], [disk('sda'), disk('sdb')]);
    expect(code, said).toBe(0);
    expect([await isErased('sda'), await isUntouched('sdb')]).toEqual([true, true]);
    expect(outputs).toBe('disk-erase-done ["serial:sda1"]\n');
  });

  it('finds a disk by what stays with it, whatever it is called today', async () => {
    const renamed = [disk('sda', { name: 'sdb' }), disk('sdb', { name: 'sda' })];
    const { code, said, isErased, isUntouched } = await run([disk('sda')], renamed);
    expect(code, said).toBe(0);
    expect([await isErased('sdb'), await isUntouched('sda')]).toEqual([true, true]);
  });

  it.each<[string, Disk[], string?]>([
    ['is another one of the same name', [disk('sda', { id: 'serial:new', serial: 'new' }), disk('sdb')]],
    ['has another size', [disk('sda', { bytes: BYTES * 2 }), disk('sdb')]],
    ['has another WWN', [disk('sda', { wwn: '0x5000' }), disk('sdb')]],
    ['is there twice', [disk('sda'), disk('sdb', { id: 'serial:sda1', serial: 'sda1' })]],
    ['can be taken out', [disk('sda', { removable: true }), disk('sdb')]],
    ['cannot be written to', [disk('sda', { read_only: true }), disk('sdb')]],
    ['may carry the system that runs', [disk('sda'), disk('sdb')], 'ext2/ext3'],
  ])('touches nothing, not even the other disks, when one %s', async (_what, there, root) => {
    const { code, said, isUntouched } = await run([disk('sdb'), disk('sda')], there, root);
    expect(code, said).toBe(1);
    expect(said).not.toBe('');
    expect([await isUntouched('sda'), await isUntouched('sdb')]).toEqual([true, true]);
  });

  it('touches nothing without a grant', async () => {
    const { code, said, isUntouched } = await run([], [disk('sda'), disk('sdb')]);
    expect([code, said.includes('no disk was granted')]).toEqual([1, true]);
    expect([await isUntouched('sda'), await isUntouched('sdb')]).toEqual([true, true]);
  });
});
