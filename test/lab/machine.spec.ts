import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOUT } from '#runtime';
import { removeAbandonedLabs } from '../../deploy/lab/fleet.js';
import { readRecords } from '../../deploy/lab/lab-record.js';
import { LabMachine } from '../../deploy/lab/machine/lab-machine.js';
import { openMachineLabs, startMachineLab, type MachineLab } from '../../deploy/lab/machine/machine-lab.js';
import { ipmi, redfishReset } from '../../deploy/lab/machine/machine-site.js';
import { findMachineGaps } from '../../deploy/lab/machine/requirements.js';

/** What a QEMU machine of the lab promises by itself: power, boot order, disks, and that nothing of it is left behind. */
const gaps = await findMachineGaps();
if (gaps.length > 0) console.log(`lab: machines are skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);
const FIRMWARE_MS = 60_000;
const LOOK_MS = 100;

describe.skipIf(gaps.length > 0)('a machine of the lab', () => {
  let home: string;
  let lab: MachineLab;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'anneal-lab-'));
    process.env['ANNEAL_HOME'] = home;
    const disks = [{ mebibytes: 16 }];
    lab = await startMachineLab({
      machines: [
        { firmware: 'bios', bootFirst: 'disk', disks },
        { firmware: 'bios', disks, bmc: 'redfish' },
      ],
    });
  });
  afterAll(async () => {
    await lab?.teardown();
    await rm(home, { recursive: true, force: true });
    delete process.env['ANNEAL_HOME'];
  });

  const machine = (): LabMachine => lab.machines[0] as LabMachine;
  const bmc = async () => (await lab.bmc(machine()))!;
  const power = async (...words: string[]): Promise<string> => ipmi(await bmc(), ['chassis', ...words]);

  it('is switched on, cycled and switched off by its BMC, and by nobody with another password', async () => {
    expect(await power('power', 'status')).toBe('Chassis Power is off');
    await power('power', 'on');
    expect(await machine().isRunning()).toBe(true);
    expect(await power('power', 'status')).toBe('Chassis Power is on');
    await expect(ipmi({ ...(await bmc()), password: 'guessed' }, ['chassis', 'power', 'off'])).rejects.toThrow(
      /ipmitool/,
    );
    expect(await machine().isRunning()).toBe(true);
    await power('power', 'off');
    expect(await machine().isRunning()).toBe(false);
  });

  it(
    'boots from the network once when its BMC is told so, and from its disk afterwards',
    async () => {
      await writeBootSector(machine());
      await power('bootdev', 'pxe');
      await power('power', 'on');
      await says(machine(), /net0: 52:54:00:/);
      expect(await machine().said()).not.toContain('Hello from the disk');
      await power('power', 'reset');
      await says(machine(), /Hello from the disk/);
      await power('bootdev', 'pxe');
      await power('power', 'reset');
      await says(machine(), /Hello from the disk[\s\S]*net0: 52:54:00:/);
      await power('power', 'off');
    },
    4 * FIRMWARE_MS,
  );

  it('is switched by a BMC that speaks Redfish as by one that speaks IPMI', async () => {
    const other = lab.machines[1] as LabMachine;
    const service = (await lab.bmc(other))!;
    expect(service.kind).toBe('redfish');
    await redfishReset(service, 'On');
    expect(await other.isRunning()).toBe(true);
    await expect(redfishReset({ ...service, password: 'guessed' }, 'ForceOff')).rejects.toThrow(/401/);
    await expect(redfishReset({ ...service, certificate: rootCertificates[0]! }, 'ForceOff')).rejects.toThrow(
      /certificate/,
    );
    expect(await other.isRunning()).toBe(true);
    await redfishReset(service, 'ForceOff');
    expect(await other.isRunning()).toBe(false);
  });

  it('keeps the passwords of BMCs from whoever lists processes', async () => {
    const pids = execFileSync('ip', ['netns', 'pids', machine().order.namespace], { encoding: 'utf8' }).split('\n');
    const words = pids.filter((pid) => pid !== '').map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    expect(words.length).toBeGreaterThanOrEqual(2);
    for (const each of lab.machines) expect(words.join('\n')).not.toContain((await lab.bmc(each))?.password);
  });

  it('is opened by another command, which finds it on or off as it is', async () => {
    await machine().powerOn();
    const [opened] = await openMachineLabs();
    expect(opened?.machines.map(({ name }) => name)).toEqual(lab.machines.map(({ name }) => name));
    expect(await opened?.machines[0]?.isRunning()).toBe(true);
    await opened?.machines[0]?.powerOff();
    expect(await machine().isRunning()).toBe(false);
  });

  it('goes with the lab whose command was killed, and its BMC with it', async () => {
    const code = `
      const { startMachineLab } = await import('${CHECKOUT}/dist/deploy/lab/machine/machine-lab.js');
      const lab = await startMachineLab({ machines: [{ firmware: 'uefi' }] });
      await lab.machines[0].powerOn();
      process.stdout.write(lab.machines[0].order.namespace);
      process.kill(process.pid, 'SIGKILL');`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      env: process.env,
    });
    expect(stdout).toMatch(/^anl\d+-lab$/);
    const lives = (): string => execFileSync('ip', ['netns', 'pids', stdout], { encoding: 'utf8' }).trim();
    expect(lives().split('\n')).toHaveLength(2);
    await removeAbandonedLabs(() => undefined);
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).not.toContain(stdout);
    expect((await readRecords()).map(({ slot }) => slot)).toEqual([lab.network.slot]);
  }, 60_000);
});

/** A boot sector that says a word on the serial console by the BIOS, and halts. */
async function writeBootSector(machine: LabMachine): Promise<void> {
  const text = Buffer.from('Hello from the disk\r\n\0');
  // prettier-ignore
  const code = Buffer.from([
    0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0xbe, 0x16, 0x7c, // cli; xor ax,ax; mov ds,ax; mov si,0x7c16
    0xba, 0xf8, 0x03, //                               mov dx,0x3f8
    0xac, 0x84, 0xc0, 0x74, 0x03, //                   lodsb; test al,al; jz halt
    0xee, 0xeb, 0xf8, //                               out dx,al; jmp lodsb
    0xf4, 0xeb, 0xfd, //                               hlt; jmp hlt
  ]);
  const sector = Buffer.alloc(512);
  Buffer.concat([code, text]).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  const disk = await open(machine.diskFile(0), 'r+');
  await disk.write(sector, 0, sector.length, 0);
  await disk.close();
}

/** Waits for what the machine says after its latest power-on. */
async function says(machine: LabMachine, what: RegExp): Promise<void> {
  for (const end = Date.now() + FIRMWARE_MS; Date.now() < end; await pause(LOOK_MS)) {
    const text = (await readFile(machine.consoleFile, 'latin1')).split('--- power on').at(-1) ?? '';
    if (what.test(text)) return;
  }
  throw new Error(`${machine.name} never said ${what}: ${(await machine.said()).slice(-800)}`);
}
