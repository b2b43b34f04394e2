import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { furnish, must } from './furnish.js';
import { faultsOf, hasBrowser, picture, startSite, type Site } from './site.js';

const NODES = ['a1.lab.test', 'a2.lab.test'] as const;
const FAILS = `test-fails-alone@${NODES[0]}`;

describe.skipIf(!hasBrowser)('what is shown has an address', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite('ui_addresses');
    const { admin } = site;
    await furnish(admin, NODES, { inRack: 1, available: true });
    for (const [name, role, nodes] of [
      ['shop', 'test-noop', NODES],
      ['broken', 'test-fails-alone', NODES.slice(0, 1)],
    ] as const) {
      await must(admin('POST', 'deployments', { body: { name } }));
      await must(admin('POST', `deployments/${name}/bulk`, { body: { bind: nodes.map((node) => ({ role, node })) } }));
      await must(admin('PUT', `deployments/${name}/commit`, { body: {} }));
    }
  });
  afterAll(() => site?.stop());

  const lookedAt = async (page: Page, name: string): Promise<void> => {
    await page.screenshot({ path: picture(name) });
    expect(await faultsOf(page), name).toEqual([]);
  };
  const searchOf = (page: Page): URLSearchParams => new URL(page.url()).searchParams;

  it('has something to show', async () => {
    const stateOf = async (name: string) => (await site.admin('GET', `node_roles/${name}`)).body.state;
    await expect.poll(() => stateOf(FAILS), { timeout: 60_000 }).toBe('error');
    await expect.poll(() => stateOf(`test-noop@${NODES[1]}`), { timeout: 60_000 }).toBe('active');
  });

  it('tells how many became active or failed a minute, and goes to what has failed for longest', async () => {
    const page = await site.open('/annealer');
    for (const state of ['active', 'error'])
      await expect.poll(() => page.getByTestId(`rate-${state}`).innerText()).toMatch(/^(?!0 )[\d.,]+ a minute$/);
    await lookedAt(page, 'annealer-pace');
    await page.getByTestId('oldest-error').getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: FAILS }).waitFor();
    await page.context().close();
  });

  it('lists what happened to one node, and narrows it by what stands in the address', async () => {
    const page = await site.open(`/nodes/${NODES[0]}`);
    await page.getByRole('tab', { name: 'Events', exact: true }).click();
    const rows = page.getByRole('table', { name: 'Events' }).locator('tbody tr');
    await rows.filter({ hasText: 'node_role.error' }).first().waitFor();
    expect(await rows.filter({ hasText: 'node_role.active' }).count()).toBe(0);
    await page.getByLabel('Each step of its noderoles, too').check();
    await rows.filter({ hasText: 'node_role.active' }).first().waitFor();
    await page.getByLabel('Filter').fill('kind eq node_role.error');
    await expect.poll(() => searchOf(page).get('filter')).toBe('kind eq node_role.error');
    await rows.filter({ hasText: 'node_role.active' }).first().waitFor({ state: 'detached' });
    const found = await rows.count();
    const own = (await site.admin('GET', `nodes/${NODES[0]}`)).body;
    const filter = encodeURIComponent(`node_id eq ${own.id} and kind eq node_role.error`);
    expect(found).toBe((await site.admin('GET', `events?filter=${filter}`)).body.items.length);
    await lookedAt(page, 'node-events');
    const other = await site.open(new URL(page.url()).pathname + new URL(page.url()).search);
    await expect.poll(() => other.getByLabel('Filter').inputValue()).toBe('kind eq node_role.error');
    await expect.poll(() => other.getByRole('table', { name: 'Events' }).locator('tbody tr').count()).toBe(found);
    await other.context().close();
    await page.context().close();
  });

  it('goes from a node to the log of each of its runs', async () => {
    const page = await site.open(`/nodes/${NODES[0]}?tab=logs`);
    const row = page.getByRole('table', { name: 'Runs' }).locator('tbody tr').filter({ hasText: FAILS }).first();
    await row.getByText('failed', { exact: true }).waitFor();
    await lookedAt(page, 'node-logs');
    await row.getByRole('link').first().click();
    await page.getByRole('heading', { name: `A run of ${FAILS}` }).waitFor();
    await page.goBack();
    await row.waitFor();
    await page.context().close();
  });

  it('shows a node as it was to whoever gets the address', async () => {
    const page = await site.open('/events?tab=then');
    await page.getByRole('combobox', { name: 'Node' }).click();
    await page.getByRole('option', { name: NODES[0] }).click();
    await page.getByTestId('then').getByText(FAILS).waitFor();
    await page.getByLabel('At this moment (UTC)').fill('2001-02-03T04:05:06');
    await page.getByText(`${NODES[0]} was not there yet.`).waitFor();
    expect(Object.fromEntries(searchOf(page))).toEqual({ tab: 'then', node: NODES[0], at: '2001-02-03T04:05:06' });
    await page.reload();
    await page.getByText(`${NODES[0]} was not there yet.`).waitFor();
    await page.context().close();
  });

  it('opens what was open again after a reload, and closes it by Back', async () => {
    const page = await site.open('/bootenvs?tab=templates');
    const [template] = (await site.admin('GET', 'templates?limit=1&sort=name')).body.items;
    await page.getByRole('button', { name: template.name, exact: true }).click();
    const drawer = page.getByRole('dialog', { name: `template ${template.name}` });
    await drawer.waitFor();
    expect(searchOf(page).get('item')).toBe(template.name);
    await page.reload();
    await drawer.waitFor();
    await page.goBack();
    await drawer.waitFor({ state: 'detached' });
    expect(Object.fromEntries(searchOf(page))).toEqual({ tab: 'templates' });
    await page.context().close();
  });

  it('shows what a node would get beside the source of the template, and beside what another would get', async () => {
    // Of those that ship the one that needs no image.
    const { files } = (await site.admin('GET', 'bootenvs/local')).body;
    const file = 'boot.ipxe';
    const template = (files as Record<string, string>)[file] ?? '';
    const page = await site.open(`/bootenvs/local?node=${NODES[0]}&file=${file}`);
    const of = (name: string) => page.getByRole('region', { name, exact: true });
    const { source } = (await site.admin('GET', `templates/${template}`)).body;
    expect(await of(`Source of ${template}`).textContent()).toBe(source);
    await of(`${file} for ${NODES[0]}`).waitFor();
    await lookedAt(page, 'bootenv-beside-source');
    await page.getByRole('combobox', { name: 'Beside it' }).click();
    await page.getByRole('option', { name: `as ${NODES[1]} would get it` }).click();
    await of(`${file} for ${NODES[1]}`).waitFor();
    expect(searchOf(page).get('beside')).toBe(NODES[1]);
    await page.reload();
    await of(`${file} for ${NODES[1]}`).waitFor();
    await of(`${file} for ${NODES[0]}`).waitFor();
    await lookedAt(page, 'bootenv-two-nodes');
    await page.goBack();
    await of(`Source of ${template}`).waitFor();
    await page.context().close();
  });
});
