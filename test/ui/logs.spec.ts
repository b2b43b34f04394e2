import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { furnish, must } from './furnish.js';
import { faultsOf, hasBrowser, picture, startSite, type Site } from './site.js';

const NODES = ['l1.lab.test', 'l2.lab.test'] as const;
const NODE_ROLE = `test-noop@${NODES[0]}`;
/** Lines of a run: more than are on the screen. */
const LINES = 300;
/** Where the word is that is looked for. */
const NEEDLES = [40, 170, 290] as const;

describe.skipIf(!hasBrowser)('what comes by streams', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite('ui_logs');
    await furnish(site.admin, NODES.slice(0, 1), { inRack: 0, available: true });
  });
  afterAll(() => site?.stop());

  const runs = async (): Promise<{ id: string; state: string }[]> =>
    (await site.admin('GET', `node_roles/${NODE_ROLE}/runs`)).body.items;
  const log = (page: Page) => page.getByTestId('run-log');
  /** The numbers of the lines that are on the screen. */
  const numbers = async (page: Page): Promise<number[]> =>
    (await log(page).locator('.xterm-rows > div').allInnerTexts())
      .map((row) => Number(/^\s*(\d+)\s\d\d:/.exec(row)?.[1]))
      .filter((each) => !Number.isNaN(each));

  it('has two runs with a log each', async () => {
    const { admin } = site;
    const text = Array.from({ length: LINES }, (_, index) =>
      NEEDLES.includes((index + 1) as 40) ? `here is the Needle of ${index + 1}` : `nothing at ${index + 1}`,
    );
    await must(admin('PUT', `nodes/${NODES[0]}/attribs/test-lines`, { body: { value: text } }));
    await must(admin('POST', 'deployments', { body: { name: 'shop' } }));
    await must(admin('POST', 'deployments/shop/bulk', { body: { bind: [{ role: 'test-noop', node: NODES[0] }] } }));
    await must(admin('PUT', 'deployments/shop/commit', { body: {} }));
    await expect.poll(async () => (await runs()).map(({ state }) => state), { timeout: 60_000 }).toEqual(['succeeded']);
    await must(admin('PUT', `node_roles/${NODE_ROLE}/retry`));
    await expect
      .poll(async () => (await runs()).map(({ state }) => state), { timeout: 60_000 })
      .toEqual(['succeeded', 'succeeded']);
  });

  it('reaches the log of every run from its noderole', async () => {
    const page = await site.open(`/node-roles/${NODE_ROLE}`);
    await page.getByRole('tab', { name: 'Runs', exact: true }).click();
    const rows = page.getByRole('table', { name: 'Runs' }).locator('tbody tr');
    await expect.poll(() => rows.count(), { timeout: 30_000 }).toBe(2);
    expect(await rows.getByText('succeeded', { exact: true }).count()).toBe(2);
    await page.screenshot({ path: picture('runs') });
    const [, older] = await runs();
    await rows.nth(1).getByRole('link').click();
    await page.getByRole('heading', { name: `A run of ${NODE_ROLE}` }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/runs/${older?.id}`);
    await page.getByText('ended: succeeded').waitFor();
    await page.context().close();
  });

  it('goes to each hit of a search in the view, forth and back', async () => {
    const [run] = await runs();
    const page = await site.open(`/runs/${run?.id}`);
    await page.getByText('ended: succeeded').waitFor();
    const field = page.getByLabel('Search the log');
    await field.fill('needle');
    const [first, second, third] = NEEDLES;
    const isAt = async (hit: number, line: number): Promise<void> => {
      await page.getByText(`hit ${hit} of 3, in line ${line}`).waitFor();
      await expect.poll(() => numbers(page), { timeout: 10_000 }).toContain(line);
    };
    await isAt(1, first);
    expect(await numbers(page)).not.toContain(second);
    await page.getByRole('button', { name: 'Next hit' }).click();
    await isAt(2, second);
    await field.press('Enter');
    await isAt(3, third);
    await page.screenshot({ path: picture('run-log-search') });
    await field.press('Enter');
    await isAt(1, first);
    await page.getByRole('button', { name: 'Previous hit' }).click();
    await isAt(3, third);
    await field.fill('no such thing');
    await page.getByText(`in 0 of`).waitFor();
    expect(await page.getByRole('button', { name: 'Next hit' }).isDisabled()).toBe(true);
    await page.context().close();
  });

  it('gives all lines as a file, and the address of the API', async () => {
    const [run] = await runs();
    const page = await site.open(`/runs/${run?.id}`);
    await page.getByText('ended: succeeded').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`run-${run?.id}.log`);
    const text = readFileSync(await download.path(), 'utf8');
    for (const line of NEEDLES) expect(text).toContain(`here is the Needle of ${line}\n`);
    const href = await page.getByRole('link', { name: 'As the API has it' }).getAttribute('href');
    const answer = await page.request.get(href as string, { headers: { accept: 'text/plain' } });
    expect(answer.status()).toBe(200);
    expect((await answer.text()).split('\n')).toHaveLength(text.split('\n').length);
    await page.context().close();
  });

  it('has an address for a line: a click on its number makes it, and whoever opens it is brought there', async () => {
    const [run] = await runs();
    const page = await site.open(`/runs/${run?.id}`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByText('ended: succeeded').waitFor();
    await page.getByLabel('Search the log').fill('needle of 170');
    await expect.poll(() => numbers(page), { timeout: 10_000 }).toContain(170);
    const row = log(page).locator('.xterm-rows > div').filter({ hasText: 'the Needle of 170' });
    const place = await row.boundingBox();
    if (!place) throw new Error('the line is not on the screen');
    // The number ends at the fifth place, each of which is some eight pixels wide.
    const [x, y] = [place.x + 30, place.y + place.height / 2];
    await page.mouse.move(x - 4, y);
    await page.mouse.move(x, y, { steps: 4 });
    await page.mouse.click(x, y);
    const link = page.getByRole('link', { name: 'Line 170', exact: true });
    await link.waitFor();
    const address = `/runs/${run?.id}?line=170`;
    expect(await link.getAttribute('href')).toBe(address);
    await expect.poll(() => page.url()).toContain(address);
    await page.getByRole('button', { name: 'Copy the link to this line' }).click();
    await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
    const copied = (await page.evaluate('navigator.clipboard.readText()')) as string;
    expect(copied).toBe(`${site.wire.url}${address}`);
    await page.context().close();

    const other = await site.open(address);
    await other.getByText('ended: succeeded').waitFor();
    await expect.poll(() => numbers(other), { timeout: 10_000 }).toContain(170);
    expect(await numbers(other)).not.toContain(NEEDLES[0]);
    const marked = log(other)
      .locator('.xterm-rows > div')
      .filter({ hasText: 'the Needle of 170' })
      .locator('span[style*="background"]');
    await expect.poll(() => marked.count(), { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await other.getByRole('alert').count()).toBe(0);
    for (const scheme of ['light', 'dark'] as const) {
      await other.emulateMedia({ colorScheme: scheme });
      await other.screenshot({ path: picture(`runs-key-${scheme}`) });
      expect(await faultsOf(other)).toEqual([]);
    }
    await other.context().close();

    const beyond = await site.open(`/runs/${run?.id}?line=999999`);
    await beyond.getByText('Line 999999 is not in view').waitFor();
    await beyond.context().close();
  });

  /** Lets the news of a page be refused, as by a proxy whose server is away. */
  const refuseNews = async (page: Page): Promise<() => Promise<void>> => {
    const which = '**/api/v2/events/stream?*';
    await page.route(which, (route) => route.fulfill({ status: 503, body: 'away' }));
    return () => page.unroute(which);
  };

  it('misses nothing where the news were refused from the beginning', async () => {
    const page = await site.open('/settings');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const accept = await refuseNews(page);
    await page.getByRole('link', { name: 'Nodes', exact: true }).click();
    await page.getByRole('link', { name: NODES[0] }).waitFor();
    await page.getByTestId('stale').waitFor();
    await must(site.admin('POST', 'nodes', { body: { name: NODES[1], alive: true, probed: false } }));
    await accept();
    await page.getByTestId('stale').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: NODES[1] }).waitFor();
    await page.context().close();
  });

  it('misses nothing that happened while one looked at another page for a moment', async () => {
    const page = await site.open('/nodes');
    await page.getByRole('link', { name: NODES[0] }).waitFor();
    for (const name of ['l3.lab.test', 'l4.lab.test']) {
      await page.getByRole('link', { name: 'Health', exact: true }).click();
      await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor();
      await must(site.admin('POST', 'nodes', { body: { name, alive: true, probed: false } }));
      await page.getByRole('link', { name: 'Nodes', exact: true }).click();
      await page.getByRole('link', { name }).waitFor();
    }
    await page.context().close();
  });
});

describe.skipIf(!hasBrowser)('an editor of an attribute', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite('ui_attribs');
    await furnish(site.admin, NODES.slice(0, 1), { inRack: 0, available: true });
  });
  afterAll(() => site?.stop());

  const valueOf = async (name: string) => (await site.admin('GET', `nodes/${NODES[0]}/attribs/${name}`)).body;

  it('sends nothing that is no JSON or does not fit, says at the field what a server refuses, and sets what is right', async () => {
    const page = await site.open(`/nodes/${NODES[0]}?tab=attribs`);
    const edit = async (name: string) => {
      await page.getByRole('row').filter({ hasText: name }).first().getByRole('button', { name: 'Set' }).click();
      return page.getByRole('dialog');
    };
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PUT') sent.push(request.url());
    });

    const lines = await edit('test-lines');
    const field = lines.getByRole('textbox');
    await field.fill('["one"]');
    await field.fill('["one",');
    await lines.getByText('This is not JSON.').waitFor();
    await lines.getByRole('button', { name: 'Set', exact: true }).click();
    expect(await lines.getByRole('button', { name: 'Copy “Set” as a command' }).count()).toBe(0);
    await field.fill('{"one": 1}');
    await lines.getByText('This is none of what is taken here.').waitFor();
    await lines.getByRole('button', { name: 'Set', exact: true }).click();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: picture(`attribute-fault-${scheme}`) });
      expect(await faultsOf(page)).toEqual([]);
    }
    expect(sent).toEqual([]);
    expect((await valueOf('test-lines')).is_set).toBe(false);

    await field.fill('["one"]');
    await page.route('**/attribs/test-lines', (route) =>
      route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'invalid', title: 'Invalid', status: 422, detail: 'only two lines are taken.' }),
      }),
    );
    await lines.getByRole('button', { name: 'Set', exact: true }).click();
    await lines.getByText('only two lines are taken.').waitFor();
    await page.unroute('**/attribs/test-lines');
    await field.fill('["one", "two"]');
    await lines.getByText('only two lines are taken.').waitFor({ state: 'detached' });
    await lines.getByRole('button', { name: 'Set', exact: true }).click();
    await lines.waitFor({ state: 'detached' });
    expect((await valueOf('test-lines')).value).toEqual(['one', 'two']);

    const delay = await edit('test-delay');
    await delay.getByRole('textbox').fill('86400001');
    await delay.getByText('This may be at most 86400000.').waitFor();
    await delay.getByRole('button', { name: 'Set', exact: true }).click();
    await delay.getByRole('textbox').fill('20');
    await delay.getByRole('button', { name: 'Set', exact: true }).click();
    await delay.waitFor({ state: 'detached' });
    expect((await valueOf('test-delay')).value).toBe(20);
    await page.context().close();
  });

  it('and every form offers what it does as a command', async () => {
    const page = await site.open('/settings?tab=groups');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'New group', exact: true }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: 'name', exact: true }).fill('north');
    const description = form.getByRole('textbox', { name: 'description', exact: true });
    await description.fill("it's cold");
    await form.getByRole('button', { name: /^Copy “New group”/ }).click();
    const copied = async (label: string): Promise<string> => {
      await page.getByRole('menuitem', { name: label }).click();
      return (await page.evaluate('navigator.clipboard.readText()')) as string;
    };
    expect(await copied('Copy for the command line')).toBe(
      String.raw`anneal groups create name=north 'description=it'\''s cold'`,
    );
    const curl = await copied('Copy as curl');
    expect(curl).toContain(`-X POST`);
    expect(curl).toContain(String.raw`'{"name":"north","description":"it'\''s cold"}'`);
    expect(curl).toContain('/api/v2/groups');
    await page.context().close();
  });
});
