import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, startSite, type Site } from './site.js';
import { Walk } from './walk.js';

const MACHINE = 'web-1.walk.test';

/** Pictures are kept in docs only when they are asked for: a test run leaves the tree as it is. */
const isKept = process.env['ANNEAL_WALK'] === 'yes';

describe.skipIf(!hasBrowser)('somebody who has never seen it', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite('ui_walk');
  });
  afterAll(() => site?.stop());

  it('gets from the first start to a machine that is active, by what the screen says alone', async () => {
    const walk = new Walk(site, isKept);
    const page = await walk.stranger();
    await page.getByRole('heading', { name: 'Welcome to Anneal' }).waitFor();
    await walk.see(
      page,
      'The door',
      '`anneal up` has printed an address and a one-time code. The code and a password make the first administrator.',
    );
    await walk.becomeAdministrator(page);
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await page.getByText('other DHCP').waitFor();
    await page.getByRole('textbox', { name: 'Name of this host' }).fill('admin.walk.test');
    await page.getByRole('textbox', { name: 'Name of this host' }).blur();
    await walk.see(
      page,
      'The host',
      'The wizard looks whether the host is fit, and whether somebody else gives out addresses on its wires. What is not good says what to do.',
    );
    const next = () => page.getByRole('button', { name: 'Next', exact: true }).click();
    const step = (name: string) => page.getByRole('region', { name, exact: true }).waitFor();
    await next();
    await step('Admin network');
    const address = page.getByRole('combobox', { name: 'Address of this host' });
    await address.fill('192.168.124.1/24');
    await address.blur();
    await page.getByTestId('ranges').getByText('new machines').waitFor();
    await walk.see(
      page,
      'The admin network',
      'One address of the host is enough: ranges are proposed, and drawn. IPv6 is computed beside it.',
    );
    await next();
    await step('Names, time, packages');
    await walk.see(page, 'Names, time, packages', 'What is left empty is served by Anneal itself.');
    await next();
    await step('Services elsewhere');
    await next();
    await step('Images');
    await walk.see(page, 'Images', 'An image of an operating system is built here, or fetched; its digest is checked.');
    await next();
    await step('Keys and people');
    await next();
    await step('Review');
    await page.getByText('+ network admin is made').waitFor();
    await walk.see(
      page,
      'The review',
      'Nothing has happened yet. What would change stands here part by part, and the same as a file.',
    );
    await page.getByRole('button', { name: 'Make it so', exact: true }).click();
    await page.getByText('The system stands').waitFor({ timeout: 90_000 });
    await walk.see(
      page,
      'The system is annealed',
      'The roles of the admin node run in the order of what they stand on, until all are active.',
    );
    await next();
    await page.getByText('Waiting for the first machine').waitFor();
    await walk.see(
      page,
      'Switch a machine on',
      'The page waits for the first machine and tells what it asks by the wire.',
    );
    const made = await site.admin('POST', 'nodes', { body: { name: MACHINE, alive: true, probed: false } });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    await page.getByText('A machine has arrived').waitFor();
    await walk.see(page, 'It has arrived', 'It has said what it is, and is a node.');

    await page.goto('/deployments');
    await page.getByRole('button', { name: 'New deployment' }).click();
    await page.getByLabel('Name', { exact: false }).first().fill('web');
    await walk.see(page, 'A deployment', 'What should run on machines is collected in a deployment.');
    await page.getByRole('dialog').getByRole('button', { name: /Make/ }).click();
    await page.getByRole('combobox', { name: 'Add a role' }).fill('test-noop');
    await page.getByRole('option', { name: 'test-noop' }).first().click();
    await page.getByRole('button', { name: `Put ${MACHINE} onto a role` }).click();
    await page.getByRole('menuitem', { name: 'test-noop', exact: true }).hover();
    await page.getByTestId('foreseen').waitFor();
    await walk.see(
      page,
      'Nodes onto roles',
      'A node is dragged onto a role, or put there by its menu or the keyboard. What will come along is shown before.',
    );
    await page.getByRole('menuitem', { name: 'test-noop', exact: true }).click();
    await page.getByTestId('role-test-noop').getByRole('link', { name: MACHINE }).waitFor();
    await page.getByRole('button', { name: 'Commit…' }).click();
    await page.getByTestId('preview').getByText('Added').waitFor();
    await walk.see(
      page,
      'The commit',
      'Before anything runs it is said what will, in which order, and what would be destroyed.',
    );
    await page.getByRole('dialog').getByRole('button', { name: 'Commit', exact: true }).click();
    await page.getByTestId('role-test-noop').locator('[data-state=active]').waitFor({ timeout: 60_000 });
    await walk.see(
      page,
      'It is active',
      'It goes green by itself: the role has run on the machine, and was seen to have.',
    );
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByTestId('timeline').waitFor();
    await walk.see(page, 'Who ran when', 'The timeline tells when what ran, and how long it took.');
  });
});
