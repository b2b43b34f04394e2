import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOUT } from '#runtime';
import { furnish, must } from './furnish.js';
import { faultsOf, hasBrowser, picture, startSite, type Site } from './site.js';

const NODES = ['p1.lab.test', 'p2.lab.test', 'p3.lab.test'] as const;

/** Every address of the interface, as the router has it, and one that shows something. All tabs of each are looked at. */
const PAGES: Readonly<Record<string, string>> = {
  '/annealer': '/annealer',
  '/deployments': '/deployments',
  '/deployments/$key': '/deployments/shop',
  '/nodes': '/nodes',
  '/nodes/$key': `/nodes/${NODES[0]}`,
  '/node-roles/$key': `/node-roles/test-fails-alone@${NODES[0]}`,
  '/networks': '/networks',
  '/networks/$key': '/networks/storage',
  '/barclamps': '/barclamps',
  '/bootenvs': '/bootenvs',
  '/bootenvs/$key': '/bootenvs/discovery',
  '/certifications': '/certifications',
  '/guidelines': '/guidelines',
  '/providers': '/providers',
  '/events': '/events',
  '/health': '/health',
  '/settings': '/settings',
  '/wizard': '/wizard',
};
/** Pages of what takes a suite and a cloud to make: certification.spec.ts has both, and looks at these; runs: logs.spec.ts. */
const LOOKED_AT_ELSEWHERE = ['/certifications/$key', '/guidelines/$key', '/providers/$key', '/runs/$key'];

describe.skipIf(!hasBrowser)('every page, in both themes', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite('ui_pages');
    const { admin } = site;
    await furnish(admin, NODES, { inRack: 1, available: true });
    for (const [name, role, nodes] of [
      ['shop', 'test-noop', NODES],
      ['broken', 'test-fails-alone', NODES.slice(0, 1)],
    ] as const) {
      await must(admin('POST', 'deployments', { body: { name } }));
      await must(admin('POST', `deployments/${name}/bulk`, { body: { bind: nodes.map((node) => ({ role, node })) } }));
      await must(admin('PUT', `deployments/${name}/commit`, { body: { note: 'the first one' } }));
    }
  });
  afterAll(() => site?.stop());

  /** What is on the screen when nothing is being read any more. */
  const settled = async (page: Page): Promise<void> => {
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await expect.poll(() => page.getByLabel('Loading', { exact: true }).count(), { timeout: 30_000 }).toBe(0);
  };
  const lookedAt = async (page: Page, name: string): Promise<string[]> => {
    const faults: string[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: picture(`${name}-${scheme}`) });
      // The other theme has the same elements in other colours.
      const found = await faultsOf(page, scheme === 'light' ? undefined : ['color-contrast']);
      faults.push(...found.map((fault) => `${name}, ${scheme}: ${fault}`));
    }
    return faults;
  };
  /** Places where a line is wider than the page: nobody scrolls sideways to read. */
  const tooWide = (page: Page): Promise<unknown> =>
    page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth + 1');

  it('has something to show', async () => {
    const stateOf = async (name: string) => (await site.admin('GET', `node_roles/${name}`)).body.state;
    await expect.poll(() => stateOf(`test-fails-alone@${NODES[0]}`), { timeout: 60_000 }).toBe('error');
    await expect.poll(() => stateOf(`test-noop@${NODES[1]}`), { timeout: 60_000 }).toBe('active');
  });

  it('is among those that are looked at here', () => {
    const router = readFileSync(join(CHECKOUT, 'apps/web/src/router.tsx'), 'utf8');
    const routes = [...router.matchAll(/^\s+'(\/[^']+)',$/gm)].map(([, path]) => path as string);
    expect(routes.length).toBeGreaterThan(15);
    expect([...Object.keys(PAGES), ...LOOKED_AT_ELSEWHERE].sort()).toEqual(routes.sort());
  });

  it.each(Object.entries(PAGES))('has no serious fault of accessibility on any tab: %s', async (route, path) => {
    const page = await site.open(path);
    await settled(page);
    const name = route.slice(1).replaceAll(/[/$]+/g, '-');
    const tabs = await page.getByRole('tab').allInnerTexts();
    const faults = await lookedAt(page, name);
    for (const tab of tabs.slice(1)) {
      await page.getByRole('tab', { name: tab, exact: true }).click();
      await settled(page);
      const slug = tab
        .toLowerCase()
        .replaceAll(/[^a-z]+/g, '-')
        .replace(/-$/, '');
      faults.push(...(await lookedAt(page, `${name}-${slug}`)));
      if (await tooWide(page)) faults.push(`${name}-${slug}: wider than the screen`);
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('has no serious fault of accessibility at the door', async () => {
    const page = await site.stranger();
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await lookedAt(page, 'door')).toEqual([]);
  });
});
