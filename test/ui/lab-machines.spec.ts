import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annealWith } from '../e2e/cli/anneal-command.js';
import { startServer, type RunningServer } from '../e2e/rest/running-server.js';
import { browse, type Browsing } from './browse.js';
import { must } from './furnish.js';
import { faultsOf, hasBrowser, picture } from './site.js';

/** Two machines whose power is a word in a file; the second has something wrong with it. */
const PROGRAM = `
import { readFileSync, writeFileSync } from 'node:fs';
const [, , verb, name] = process.argv;
const file = process.env.ANNEAL_HOME + '/lab.json';
const machines = JSON.parse(readFileSync(file, 'utf8'));
if (verb === 'start') {
  const machine = machines.find((each) => each.name === name);
  if (!machine) process.exit(3);
  if (machine.firmware === 'uefi') {
    console.error('QEMU says: cannot set up guest memory');
    process.exit(1);
  }
  machine.on = true;
  writeFileSync(file, JSON.stringify(machines));
  console.log(JSON.stringify(machine));
} else console.log(JSON.stringify(machines));
`;
const MACHINES = [
  { name: 'anl0-machine-1', firmware: 'bios', mac: '52:54:00:00:01:00', on: false },
  { name: 'anl0-machine-2', firmware: 'uefi', mac: '52:54:00:00:02:00', on: false },
];

describe.skipIf(!hasBrowser)('the machines of a lab', () => {
  let running: RunningServer;
  let browsing: Browsing;
  let file: string;
  beforeAll(async () => {
    running = await startServer('ui_lab');
    file = join(running.home, 'lab.json');
    const program = join(running.home, 'lab.mjs');
    writeFileSync(program, PROGRAM);
    writeFileSync(file, JSON.stringify(MACHINES));
    await must(running.as.admin('PUT', 'wizard', { body: { draft: {}, step: 'machine' } }));
    browsing = await browse(running, { lab: program });
  });
  afterAll(async () => {
    await browsing?.stop();
    await running?.stop();
  });

  const isOn = (at: number): boolean => (JSON.parse(readFileSync(file, 'utf8')) as typeof MACHINES)[at]?.on ?? false;

  it('are switched on at the end of the wizard, each by a button of its own', async () => {
    const page = await browsing.open('/wizard');
    await page.getByText('Waiting for the first machine').waitFor();
    const machines = page.getByRole('table', { name: 'Machines of the lab' });
    const [first, second] = MACHINES.map(({ name }) => machines.getByRole('row', { name }));
    await second!.getByRole('button', { name: 'Start', exact: false }).first().waitFor();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: picture(`wizard-lab-${scheme}`), fullPage: true });
      expect(await faultsOf(page), scheme).toEqual([]);
    }
    await first!.getByRole('button', { name: 'Start anl0-machine-1', exact: true }).click();
    await first!.getByText('on', { exact: true }).waitFor();
    expect([isOn(0), isOn(1)]).toEqual([true, false]);
    expect(await first!.getByRole('button', { name: /^Start/ }).count()).toBe(0);
  });

  it('say what keeps one from starting, and can be tried again', async () => {
    const page = await browsing.open('/wizard');
    await page.getByRole('button', { name: 'Start anl0-machine-2', exact: true }).click();
    await page.getByText('cannot set up guest memory').waitFor();
    await page.getByRole('button', { name: 'Start anl0-machine-2', exact: true }).waitFor();
    // Refusals are answers, not faults of the server.
    expect(browsing.faults).toEqual([]);
  });

  it('are listed and started by the command line as well', async () => {
    writeFileSync(file, JSON.stringify(MACHINES));
    const token = await running.freshToken('operator');
    const anneal = annealWith({ HOME: running.home, ANNEAL_URL: browsing.url, ANNEAL_TOKEN: token });
    const listed = await anneal(['lab', 'machines', '-o', 'json']);
    expect({ ...listed, out: JSON.parse(listed.out) as unknown }).toMatchObject({ code: 0, out: MACHINES });
    expect(await anneal(['lab', 'start', 'anl0-machine-1'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('bios'),
    });
    expect(isOn(0)).toBe(true);
    expect(await anneal(['lab', 'start', 'nobody'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('no machine nobody'),
    });
  });

  it('are started by nobody who may only look, and are not there where there is no lab', async () => {
    const { viewer, operator } = running.as;
    expect((await viewer('POST', 'lab/machines/anl0-machine-1/start')).status).toBe(403);
    expect((await viewer('GET', 'lab/machines')).body).toEqual({
      items: [],
      reason: expect.stringContaining('no lab beside this Anneal'),
    });
    const refused = await operator('POST', 'lab/machines/anl0-machine-1/start');
    expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
  });
});
