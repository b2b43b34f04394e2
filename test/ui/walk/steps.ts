import type { Page } from 'playwright-core';
import { PASSWORD } from '../site.js';
import type { Walk } from './walk.js';

/**
 * What somebody does who has never seen it, by what the screen says alone. The steps are the same whether the machine at
 * the end is simulated or real.
 */
const ANNEALED_MS = 90_000;

/** From the door to the page that waits for the first machine. `address` is the host's on the admin network, as a CIDR. */
export const throughTheWizard = async (
  walk: Walk,
  page: Page,
  { code, host, address }: { code: string; host: string; address: string },
): Promise<void> => {
  const next = () => page.getByRole('button', { name: 'Next', exact: true }).click();
  const step = (name: string) => page.getByRole('region', { name, exact: true }).waitFor();
  await page.goto('/');
  await page.getByRole('heading', { name: 'Welcome to Anneal' }).waitFor();
  await walk.see(
    page,
    'The door',
    'A new Anneal has printed an address and a one-time code. The code and a password make the first administrator.',
  );
  await page.getByRole('textbox', { name: 'One-time code' }).fill(code);
  await page.locator('input[type=password]').nth(0).fill(PASSWORD);
  await page.locator('input[type=password]').nth(1).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the administrator' }).click();
  await page.getByText('other DHCP').waitFor();
  await page.getByRole('textbox', { name: 'Name of this host' }).fill(host);
  await page.getByRole('textbox', { name: 'Name of this host' }).blur();
  await walk.see(
    page,
    'The host',
    'The wizard looks whether the host is fit, and whether somebody else gives out addresses on its wires. What is not good says what to do.',
  );
  await next();
  await step('Admin network');
  const field = page.getByRole('combobox', { name: 'Address of this host' });
  await field.fill(address);
  await field.blur();
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
  await page.getByText('The system stands').waitFor({ timeout: ANNEALED_MS });
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
    'The page waits for the first machine and tells what it asks by the wire. Machines of a lab are switched on here.',
  );
};

/** A new deployment with one role in it, and the machine on that role; nothing is committed yet. */
export const putOntoRole = async (
  walk: Walk,
  page: Page,
  { machine, deployment, role }: { machine: string; deployment: string; role: string },
): Promise<void> => {
  await page.goto('/deployments');
  await page.getByRole('button', { name: 'New deployment' }).click();
  await page.getByLabel('Name', { exact: false }).first().fill(deployment);
  await walk.see(page, 'A deployment', 'What should run on machines is collected in a deployment.');
  await page.getByRole('dialog').getByRole('button', { name: /Make/ }).click();
  await page.getByRole('combobox', { name: 'Add a role' }).fill(role);
  await page
    .getByRole('option')
    .filter({ hasText: new RegExp(`^${role}`) })
    .first()
    .click();
  await page.getByRole('button', { name: `Put ${machine} onto a role` }).click();
  await page.getByRole('menuitem', { name: role, exact: true }).hover();
  await page.getByTestId('foreseen').first().waitFor();
  await walk.see(
    page,
    'Nodes onto roles',
    'A node is dragged onto a role, or put there by its menu or the keyboard. What will come along is shown before.',
  );
  await page.getByRole('menuitem', { name: role, exact: true }).click();
  await page.getByTestId(`role-${role}`).getByRole('link', { name: machine }).waitFor();
};

/** The preview, and the commit. `destroyed` is what has to be typed where something is destroyed; null where nothing is. */
export const commit = async (walk: Walk, page: Page, destroyed: string | null): Promise<void> => {
  await page.getByRole('button', { name: 'Commit…' }).click();
  await page.getByTestId('preview').getByText('Added').waitFor();
  const dialog = page.getByRole('dialog');
  if (destroyed !== null) await dialog.getByLabel(`Type ${destroyed} to go on`).fill(destroyed);
  await walk.see(
    page,
    'The commit',
    'Before anything runs it is said what will, in which order, and what would be destroyed.',
  );
  await dialog.getByRole('button', { name: 'Commit', exact: true }).click();
};
