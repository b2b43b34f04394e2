import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, startSite, type Site } from '../site.js';
import { commit, putOntoRole, throughTheWizard } from './steps.js';
import { Walk } from './walk.js';

const MACHINE = 'web-1.walk.test';

/** The walk with a machine that exists in the database alone; test/lab/walk.spec.ts records it with a real one. */
describe.skipIf(!hasBrowser)('somebody who has never seen it', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite('ui_walk');
  });
  afterAll(() => site?.stop());

  it('gets from the first start to a machine that is active, by what the screen says alone', async () => {
    const walk = Walk.unrecorded();
    const page = await site.stranger();
    await throughTheWizard(walk, page, { code: site.code, host: 'admin.walk.test', address: '192.168.124.1/24' });
    const made = await site.admin('POST', 'nodes', { body: { name: MACHINE, alive: true, probed: false } });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    await page.getByText('A machine has arrived').waitFor();
    await putOntoRole(walk, page, { machine: MACHINE, deployment: 'web', role: 'test-noop' });
    await commit(walk, page, null);
    await page.getByTestId('role-test-noop').locator('[data-state=active]').waitFor({ timeout: 60_000 });
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByTestId('timeline').waitFor();
  });
});
