import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMachineRoom, type MachineRoom } from './machine-room.js';
import { addRole, bound, putByKeys, putByMenu, putByMouse } from './putting.js';
import { hasBrowser, picture } from './site.js';
import { commit } from './walk/steps.js';
import { Walk } from './walk/walk.js';

const OS = 'provisioner-os-install';
/** Liveness is looked at every few seconds, and what a node had done is done again after each boot. */
const SETTLED_MS = 60_000;

describe.skipIf(!hasBrowser)('a machine that is given its system', () => {
  let room: MachineRoom;
  beforeAll(async () => {
    room = await openMachineRoom('ui_install');
  });
  afterAll(() => room?.stop());

  const list = async (path: string) => (await room.running.as.admin('GET', path)).body.items;
  it('is put onto the role by keys, by menu and by mouse, committed, and watched from phase to phase until it is green', async () => {
    const { machine } = room;
    expect(await machine.boot()).toContain('anneal.ticket=');
    const enrolled = await machine.enrol();
    expect(enrolled.status, JSON.stringify(enrolled.body)).toBe(201);
    const node = enrolled.body.node.name as string;
    await expect
      .poll(async () => (await list('nodes')).find(({ name }: { name: string }) => name === node)?.alive, {
        timeout: SETTLED_MS,
      })
      .toBe(true);

    const page = await room.open('/deployments/web');
    await addRole(page, OS);
    const takenOff = async (): Promise<void> => {
      await page.getByRole('button', { name: `Take ${OS}@${node} off` }).click();
      await bound(page, OS, node).waitFor({ state: 'detached' });
    };
    await putByKeys(page, OS, node);
    await takenOff();
    await putByMenu(page, OS, node);
    await takenOff();
    await putByMouse(page, OS, node);
    await commit(Walk.unrecorded(), page, 'web');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // From here on this page is neither loaded again nor told anything: what it shows comes to it by itself.
    const state = (word: string) =>
      page.getByTestId(`role-${OS}`).locator(`[data-state=${word}]`).waitFor({ timeout: SETTLED_MS });
    await state('transition');
    const matrix = await room.open('/deployments/web?tab=matrix');
    const cell = matrix.getByRole('table', { name: 'Nodes by roles' }).getByRole('row', { name: node });

    const installs = await room.open(`/nodes/${node}?tab=installs`);
    const shows = (text: string) =>
      installs
        .getByRole('region', { name: 'Installs' })
        .or(installs.getByLabel('Installs'))
        .first()
        .getByText(text, { exact: true })
        .first()
        .waitFor({ timeout: SETTLED_MS });
    await shows('rebooting');
    await expect.poll(() => machine.acts, { timeout: SETTLED_MS }).toEqual(['boot-network', 'cycle']);

    expect(await machine.boot()).toContain('anneal.order=');
    await machine.fetchOrder();
    expect((await machine.progress('verify', 5, 'the disk is the one that was granted')).status).toBe(200);
    await shows('installing');
    expect((await machine.progress('write', 60, 'wrote 60 %')).status).toBe(200);
    await installs.getByRole('progressbar', { name: '60 %' }).waitFor({ timeout: SETTLED_MS });
    await installs.screenshot({ path: picture('install-progress-light') });

    expect((await machine.finish()).status).toBe(200);
    await shows('installed');
    await state('transition');
    // netboot would start its disk now.
    expect(await machine.boot()).not.toContain('anneal.ticket=');
    machine.startDisk();
    const joined = await machine.join();
    expect(joined.body, JSON.stringify(joined.body)).toMatchObject({ phase: 'joined' });
    await shows('joined');
    await state('active');
    await cell.waitFor();
    await expect.poll(() => cell.innerText(), { timeout: SETTLED_MS }).toContain('ACTIVE');
    await page.screenshot({ path: picture('install-green-light') });
    expect((await room.running.as.admin('GET', `node_roles/${OS}@${node}`)).body.state).toBe('active');

    // What was told in between is kept: the phases on the timeline, the machine's own lines in the log of the run.
    await page.getByRole('tab', { name: 'Timeline' }).click();
    for (const phase of ['rebooting', 'installing', 'installed'])
      await page
        .getByTestId('timeline')
        .getByRole('button', { name: new RegExp(`^${phase} on ${node}`) })
        .first()
        // A phase may have been shorter than a point on the axis.
        .waitFor({ state: 'attached' });
    await page.screenshot({ path: picture('install-timeline-light') });
    const [install] = await list('installs');
    const log = await room.running.as.admin('GET', `runs/${install.run_id}/log`);
    expect(JSON.stringify(log.body)).toContain('wrote 60 %');
    expect(room.faults).toEqual([]);
  });
});
