import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CERTIFICATION } from '../e2e/rest/certification-barclamp.js';
import { PlayedTempest } from '../e2e/rest/played-tempest.js';
import { guidelineFile, TESTS } from '../integration/model/guideline-file.js';
import { simulatedCloud } from './simulated-cloud.js';
import { faultsOf, hasBrowser, picture } from './site.js';
import { startWorkshopSite, type WorkshopSite } from './workshop-site.js';

/** Of an HTMLTextAreaElement, what is looked at. */
interface TextArea {
  readonly value: string;
  readonly selectionStart: number;
  readonly selectionEnd: number;
}

const TESTER = 'tester.lab.test';
/** All pages one after the other with axe, on a busy machine: a bound on hanging, not a claim on speed. */
const PAGES_MS_MAX = 420_000;
const BYTES = { 'content-type': 'application/octet-stream' };
/** As many as a program of the published guidelines has, and more. */
const LARGE = { capabilities: 40, tests: 12 } as const;

/** A guideline with hundreds of tests, of which the suite has none. */
const largeGuideline = (): string => {
  const file = JSON.parse(guidelineFile({ id: '2031.07' })) as {
    components: Record<string, { capabilities: { required: string[] } }>;
    capabilities: Record<string, unknown>;
  };
  for (let number = 0; number < LARGE.capabilities; number += 1) {
    const name = `large-${String(number).padStart(2, '0')}`;
    file.components['os_powered_compute']!.capabilities.required.push(name);
    file.capabilities[name] = {
      achievements: [],
      admin: false,
      description: `Number ${number}.`,
      project: 'nova',
      required_since: '2030.01',
      tests: Object.fromEntries(
        Array.from({ length: LARGE.tests }, (_, test) => [
          `tempest.large.Capability${number}.test_${test}`,
          { idempotent_id: `id-00000000-0000-4000-9000-${String(number * LARGE.tests + test).padStart(12, '0')}` },
        ]),
      ),
    };
  }
  return JSON.stringify(file);
};

/** A capability that is required lists its tests as a text, two lines below the name of it. */
const badGuideline = (): string => {
  const file = JSON.parse(guidelineFile({ id: '2031.05' })) as { capabilities: Record<string, { tests: unknown }> };
  file.capabilities['servers-life']!.tests = 'none';
  return JSON.stringify(file, null, 2);
};

const givenAs = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });

describe.skipIf(!hasBrowser)('the pages of certification', () => {
  let site: WorkshopSite;
  let tempest: PlayedTempest;
  const word = (page: Page, says: string) => page.locator(`[data-word="${says}"]`);
  const choose = async (page: Page, label: string, option: string | RegExp): Promise<void> => {
    await page.getByRole('combobox', { name: label }).or(page.getByLabel(label)).first().click();
    await page.getByRole('option', { name: option }).first().click();
  };
  const idIn = (page: Page): string => /\/certifications\/([0-9a-f-]+)/.exec(page.url())?.[1] ?? '';
  /** Starts one by the API, and waits for its end. */
  const run = async (): Promise<string> => {
    const started = await site.shop.operator('POST', 'certifications', {
      body: { deployment: 'shop', tester: TESTER, goals: [{ guideline: '2031.01', program: 'compute' }] },
    });
    expect(started.status, JSON.stringify(started.body)).toBe(202);
    await site.shop.until(`certifications/${started.body.id}`, ({ ended_at: at }) => at !== null);
    return started.body.id as string;
  };

  beforeAll(async () => {
    site = await startWorkshopSite('ui_certification', (unitOfWork, home) => [
      (tempest = new PlayedTempest(unitOfWork, home)),
    ]);
    const { shop } = site;
    const imported = await shop.admin('POST', 'barclamps', {
      body: CERTIFICATION,
      headers: { 'content-type': 'application/yaml' },
    });
    if (imported.status !== 201) throw new Error(JSON.stringify(imported.body));
    await shop.makeNodes(TESTER);
    await shop.commit();
    await shop.work();
  });
  afterAll(() => site?.stop());

  it('take guidelines as files, and tell in place what is wrong with one', async () => {
    const page = await site.open('/guidelines?tab=import');
    await page
      .locator('input[type=file]')
      .setInputFiles([givenAs('good.json', guidelineFile()), givenAs('bad.json', badGuideline())]);
    await page.getByText('2031.01 is imported').waitFor();
    const alert = page.getByRole('alert').filter({ hasText: 'bad.json: nothing was imported' });
    const place = alert.getByRole('button', { name: '/capabilities/servers-life/tests' });
    await place.first().click();
    const area = page.getByRole('textbox', { name: /What is imported as a text: bad\.json/ });
    const chosen = await area.evaluate(({ value, selectionStart: from, selectionEnd: to }: TextArea) =>
      value.slice(from, to),
    );
    expect(chosen).toBe('"tests": "none"');
    await page.screenshot({ path: picture('guidelines-import-bad') });
    // Mended by hand, it is taken.
    await area.fill(badGuideline().replace('"none"', '{}'));
    await page.getByRole('button', { name: 'Import the text', exact: true }).click();
    await page.getByText('2031.05 is imported').waitFor();
    await page.getByRole('tab', { name: 'Guidelines' }).click();
    await page.getByRole('link', { name: '2031.01' }).waitFor();
  });

  it('show what a guideline asks for as a tree for the keyboard, and let people vote on its tests', async () => {
    const page = await site.open('/guidelines/2031.01');
    const tree = page.getByRole('tree', { name: 'What 2031.01 asks for' });
    await tree.getByRole('treeitem', { name: /servers-life/ }).waitFor();
    await tree.focus();
    // The first program is open: down to its first capability, open it, and on to its first test.
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
    const drawer = page.getByRole('dialog');
    await drawer.getByText(TESTS.create, { exact: true }).waitFor();
    await drawer.getByText('tempest.api.old.test_create').waitFor();
    expect(page.url()).toContain('test=');
    await drawer.getByRole('textbox', { name: 'My reason' }).fill('it waits for what never comes');
    await drawer.getByRole('button', { name: 'Against it', exact: true }).click();
    await drawer.getByText('0 for it, 1 against it').waitFor();
    await page.keyboard.press('Escape');
    await choose(page, 'Flag', 'flagged');
    await tree.getByRole('treeitem', { name: /test_flagged/ }).waitFor();
    expect(await tree.getByRole('treeitem', { name: /test_delete/ }).count()).toBe(0);
    await page.getByRole('tab', { name: 'Votes' }).click();
    await page.getByRole('region', { name: 'Votes' }).getByText('it waits for what never comes').waitFor();
  });

  it('delete a guideline when its name is typed', async () => {
    const page = await site.open('/guidelines/2031.05');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByLabel('Type 2031.05 to go on').fill('2031.05');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.waitForURL((url) => url.pathname === '/guidelines');
    await page.getByRole('link', { name: '2031.01' }).waitFor();
    expect((await site.shop.viewer('GET', 'guidelines/2031.05')).status).toBe(404);
  });

  it('draw of a tree of hundreds of tests only what is in sight', async () => {
    await site.shop.operator('POST', 'guidelines', { body: largeGuideline(), headers: BYTES });
    const page = await site.open('/guidelines/2031.07?tab=tests&text=large');
    const tree = page.getByRole('tree');
    await tree.getByRole('treeitem').first().waitFor();
    await page.getByText(`compute: ${LARGE.capabilities * LARGE.tests} tests, 0 flagged`).waitFor();
    expect(await tree.getByRole('treeitem').count()).toBeLessThan(60);
    await tree.focus();
    await page.keyboard.press('End');
    await tree.locator('[aria-selected=true]').waitFor();
    await expect.poll(() => tree.locator('[aria-selected=true]').innerText()).toMatch(/object|test_11|storage/i);
    expect(await tree.getByRole('treeitem').count()).toBeLessThan(60);
  });

  it('start one by a form that can be copied as a command, and show how far it is while it runs', async () => {
    tempest.play = { holdBefore: TESTS.delete };
    const page = await site.open('/certifications?tab=start&goal=2031.01%2Fcompute');
    await choose(page, 'Deployment', 'shop');
    await page.getByRole('combobox', { name: 'Tester' }).or(page.getByLabel('Tester')).first().fill(TESTER);
    await page.getByLabel('Note').fill("it's the first");
    await page.getByRole('button', { name: 'Copy “Start it” as a command' }).click();
    await page.getByRole('menuitem', { name: 'Copy for the command line' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `anneal certify start shop --goal 2031.01/compute --tester ${TESTER} --note 'it'\\''s the first'`,
    );
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Start it', exact: true }).click();
    await word(page, 'RUNNING').waitFor();
    const live = page.getByTestId('live-progress');
    await live.getByText(/^1 passed, 0 failed, .* 2 to go/).waitFor();
    await page.getByTestId('capability-servers-life').getByText('1 of 2').waitFor();
    await page.getByTestId('capability-identity-tokens').getByText('0 of 1').waitFor();
    await page.screenshot({ path: picture('certification-live') });
    expect(await faultsOf(page)).toEqual([]);
  });

  it('ask how a cloud elsewhere is reached, and let no password into what is copied', async () => {
    const page = await site.open('/certifications?tab=start&goal=2031.01%2Fcompute');
    await page.getByText('A cloud elsewhere', { exact: true }).click();
    const start = page.getByRole('button', { name: 'Start it', exact: true });
    expect(await start.getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('textbox', { name: 'Identity service' }).fill('https://cloud.example.com:5000/v3');
    await page.locator('input[type=password]').fill('of the cloud elsewhere');
    expect(await start.getAttribute('aria-disabled')).toBe('false');
    await page.getByRole('button', { name: 'Copy “Start it” as a command' }).click();
    await page.getByRole('menuitem', { name: 'Copy as curl' }).click();
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(copied).toContain('"identity_url":"https://cloud.example.com:5000/v3"');
    expect(copied).not.toContain('of the cloud elsewhere');
  });

  it('cancel it, say what would move it, and go on with what had not been run', async () => {
    const [open] = (await site.shop.viewer('GET', 'certifications?filter=state eq running')).body.items;
    const page = await site.open(`/certifications/${open.id}`);
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await word(page, 'CANCELLED').waitFor();
    await page.getByText(`anneal certify resume ${open.id}`).waitFor();
    tempest.play = {};
    await page.getByRole('button', { name: 'Resume…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume', exact: true }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(open.id));
    await page.getByText('Meets all 3 must-pass tests of OpenStack Powered Compute, guideline 2031.01').waitFor();
    await page.getByTestId('verdict-compute').locator('[data-word="MET"]').first().waitFor();
    await page.getByRole('tab', { name: 'Tried before and after' }).click();
    await page.getByRole('table', { name: 'Tried before and after' }).locator('[data-word="CANCELLED"]').waitFor();
  });

  it('tell the verdict in words with what qualifies it, and each failed test with its reason, as text', async () => {
    tempest.play = { statuses: { [TESTS.delete]: 'failed' } };
    const id = await run();
    const page = await site.open(`/certifications/${id}`);
    const card = page.getByTestId('verdict-compute');
    await card.getByText('Passes 2 of 3 must-pass tests (66.6 %)').waitFor();
    await card.locator('[data-word="NOT MET"]').first().waitFor();
    expect(await card.getByRole('listitem').first().innerText()).toContain('Unofficial results');
    await card.getByRole('link', { name: TESTS.delete }).click();
    const ended = page.getByTestId('test-outcome');
    await ended.getByText("<script>alert('failed')</script>").waitFor();
    await ended.getByText('Traceback: <b onmouseover=alert(1)>boom</b>').waitFor();
    await ended.locator('[data-word="FAILED"]').waitFor();
    await page.screenshot({ path: picture('certification-failed-test') });
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByText('1 of 4 tests, 1 of 2 capabilities').waitFor();
    await page.getByRole('tab', { name: 'Fits' }).click();
    await page.getByRole('button', { name: /2031\.01\/compute/ }).click();
    await page.getByText('servers-life', { exact: true }).filter({ visible: true }).waitFor();
    await page.getByRole('tab', { name: 'Disclosure' }).click();
    await page.getByTestId('disclosure-compute').getByText(`${TESTS.delete}, must-pass`).waitFor();
    expect(await page.getByRole('main').innerText()).not.toMatch(/\bcertified\b/i);
  });

  it('hand over what it rests upon as files, and the reason where there is none', async () => {
    const [last] = (await site.shop.viewer('GET', 'certifications')).body.items;
    const page = await site.open(`/certifications/${last.id}`);
    await page.getByRole('button', { name: 'Download…' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Evidence, all in one signed archive' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`certification-${last.id}.evidence.tar`);
    expect(readFileSync(await download.path()).includes('manifest.sig')).toBe(true);
    // Nobody knows where the cloud of this test answers.
    await page.getByRole('button', { name: 'Download…' }).click();
    await page.getByRole('menuitem', { name: 'What passed, as RefStack takes it' }).click();
    await page.getByText('RefStack has no name for it').waitFor();
  });

  it('try again what failed, and compare any two that are chosen in the list', async () => {
    const [failed] = (await site.shop.viewer('GET', 'certifications')).body.items;
    tempest.play = {};
    const page = await site.open(`/certifications/${failed.id}`);
    await page.getByRole('button', { name: 'Try again…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Try again', exact: true }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(failed.id));
    await page.getByText('Meets all 3 must-pass tests').waitFor();
    const child = idIn(page);
    await page.getByRole('link', { name: 'Certifications' }).click();
    const list = page.getByRole('table', { name: 'Certifications' });
    for (const row of [0, 1]) await list.getByRole('checkbox').nth(row).check();
    await page.getByRole('button', { name: 'Compare two' }).click();
    await page.waitForURL((url) => url.pathname.endsWith(child));
    const comparison = page.getByTestId('comparison');
    await comparison.getByText(`${TESTS.delete}: failed → passed`).waitFor();
    await page.screenshot({ path: picture('certification-compare') });
    await page.goto('/certifications?tab=history');
    await page.getByRole('table', { name: 'Verdicts over time' }).getByText('1 more').first().waitFor();
  });

  it('publish one, and take it back', async () => {
    const [last] = (await site.shop.viewer('GET', 'certifications')).body.items;
    const page = await site.open(`/certifications/${last.id}`);
    await page.getByRole('button', { name: 'Publish, note…' }).click();
    await page.getByRole('button', { name: 'Show it to everybody', exact: true }).click();
    await page.getByText('Published: everybody sees it at').waitFor();
    expect((await site.shop.as.nobody('GET', `/results/${last.id}`)).status).toBe(200);
    await page.getByRole('button', { name: 'Show it to nobody any more', exact: true }).click();
    await page.getByText('Published: everybody sees it at').waitFor({ state: 'detached' });
    expect((await site.shop.as.nobody('GET', `/results/${last.id}`)).status).toBe(404);
    await page.keyboard.press('Escape');
    // Only who is named for it is offered the mark.
    expect(await page.getByRole('button', { name: 'Mark as official' }).count()).toBe(0);
    const named = await site.shop.admin('PATCH', 'settings/official_marker', {
      body: { value: 'ui-admin' },
      headers: { 'if-match': '*' },
    });
    expect(named.status).toBe(200);
    await page.reload();
    await page.getByRole('button', { name: 'Mark as official', exact: true }).click();
    await page.getByText('Marked as official by ui-admin').waitFor();
    await page.getByRole('button', { name: 'Take the mark off', exact: true }).click();
    await page.getByText('Marked as official by ui-admin').waitFor({ state: 'detached' });
  });

  it('take in what others measured', async () => {
    const page = await site.open('/certifications?tab=import');
    await choose(page, 'What it is', /^names of tests/);
    await page.getByRole('textbox', { name: 'Cloud' }).fill('<b>theirs</b>');
    await choose(page, 'Goals', /2031\.01\/compute/);
    await page.keyboard.press('Escape');
    await page.getByLabel('Or the results as a text').fill(`${TESTS.create}\n${TESTS.token}\n`);
    await page.getByRole('button', { name: 'Take them in', exact: true }).click();
    await word(page, 'IMPORTED').waitFor();
    await page.getByRole('heading', { name: '<b>theirs</b>: 2031.01/compute' }).waitFor();
    await page.getByText('Passes 2 of 3').first().waitFor();
  });

  it('let a viewer look and vote, and say why he may start nothing', async () => {
    const page = await site.open('/certifications?tab=start', { role: 'viewer' });
    const start = page.getByRole('button', { name: 'Start it', exact: true });
    expect(await start.getAttribute('aria-disabled')).toBe('true');
    await page.goto(`/guidelines/2031.01?tab=tests&test=${TESTS.flagged}`);
    await page.getByRole('textbox', { name: 'My reason' }).fill('it is right');
    await page.getByRole('button', { name: 'For it', exact: true }).click();
    await page.getByText('1 for it, 0 against it').waitFor();
    await page.getByRole('button', { name: 'Take my vote back', exact: true }).click();
    await page.getByText('0 for it, 0 against it').waitFor();
  });

  it('add a provider, ask it for a node, report its eight steps, and give the node back', async () => {
    const cloud = await simulatedCloud(site.shop);
    const page = await site.open('/providers');
    await page.getByRole('button', { name: 'Add a provider…' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: 'name', exact: true }).fill('acme');
    await form.getByRole('textbox', { name: 'auth url' }).fill('https://cloud.example:5000/v3');
    await form.getByRole('textbox', { name: 'user', exact: true }).fill('anneal');
    await form.getByRole('textbox', { name: 'project', exact: true }).fill('metal');
    await form.locator('input[type=password]').fill('of the cloud');
    await page.screenshot({ path: picture('provider-add') });
    await form.getByRole('button', { name: 'Add it', exact: true }).click();
    await page.getByRole('link', { name: 'acme' }).click();
    await page.getByTestId('step-add-key').locator('[data-word="NOT ASKED"]').waitFor();
    await page.getByRole('button', { name: 'Request a node…' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'name', exact: true }).fill('cloud-1.lab.test');
    await page.getByRole('dialog').getByRole('button', { name: 'Request it', exact: true }).click();
    const drawer = page.getByTestId('provided-node');
    await drawer.locator('[data-word="ASKED"]').waitFor();
    await cloud.until('acme', 'cloud-1.lab.test', ['ready', 'failed']);
    await drawer.locator('[data-word="READY"]').waitFor();
    await drawer.getByText('203.0.113.10, a floating one').waitFor();
    await page.screenshot({ path: picture('provided-node') });
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Report' }).click();
    for (const [step, says] of [
      ['add-key', 'YES'],
      ['address', 'PARTIAL'],
      ['log-in', 'PARTIAL'],
      ['remove-key', 'YES'],
    ] as const)
      await page.getByTestId(`step-${step}`).locator(`[data-word="${says}"]`).waitFor();
    await page.getByRole('tab', { name: /^Nodes/ }).click();
    await page.getByRole('button', { name: 'cloud-1.lab.test' }).click();
    await drawer.getByRole('button', { name: 'Give it back', exact: true }).click();
    await page.getByLabel('Type cloud-1.lab.test to go on').fill('cloud-1.lab.test');
    await page.getByRole('dialog').last().getByRole('button', { name: 'Give it back', exact: true }).click();
    await drawer.locator('[data-word="RETURNING"]').waitFor();
    await cloud.until('acme', 'cloud-1.lab.test', ['returned']);
    await drawer.locator('[data-word="RETURNED"]').waitFor();
    expect([cloud.site.servers.size, cloud.site.keys.size, cloud.site.floating.size]).toEqual([0, 0, 0]);
  });

  it.each(['light', 'dark'] as const)(
    'have no serious fault of accessibility, %s',
    async (scheme) => {
      const { items } = (await site.shop.viewer('GET', 'certifications')).body as {
        items: { id: string; state: string; parent_id: string | null; counts: { failed: number } }[];
      };
      const failed = items.find(({ counts }) => counts.failed > 0)?.id ?? '';
      const other = items.find(({ id, state }) => id !== failed && state === 'finished')?.id ?? '';
      const pages = [
        ['guidelines', '/guidelines'],
        ['guidelines-import', '/guidelines?tab=import'],
        ['guideline', '/guidelines/2031.01'],
        ['guideline-large', '/guidelines/2031.07?tab=tests&text=large-0'],
        ['guideline-programs', '/guidelines/2031.01?tab=programs'],
        ['guideline-file', '/guidelines/2031.01?tab=file'],
        ['guideline-votes', '/guidelines/2031.01?tab=votes'],
        ['guideline-revisions', '/guidelines/2031.01?tab=revisions'],
        ['certifications', '/certifications'],
        ['certifications-history', '/certifications?tab=history'],
        ['certifications-start', '/certifications?tab=start'],
        ['certifications-import', '/certifications?tab=import'],
        ['certification', `/certifications/${failed}`],
        ['certification-tests', `/certifications/${failed}?tab=tests&show=not-passed`],
        ['certification-fits', `/certifications/${failed}?tab=fits`],
        ['certification-disclosure', `/certifications/${failed}?tab=disclosure`],
        ['certification-compare', `/certifications/${failed}?tab=compare&before=${other}`],
        ['certification-line', `/certifications/${failed}?tab=line`],
        ['certification-configuration', `/certifications/${failed}?tab=configuration`],
        ['certification-log', `/certifications/${failed}?tab=log`],
        ['providers', '/providers'],
        ['provider', '/providers/acme'],
        ['provider-nodes', '/providers/acme?tab=nodes'],
        ['provider-offer', '/providers/acme?tab=offer'],
      ] as const;
      const page = await site.open('/certifications', { scheme });
      const faults: string[] = [];
      for (const [name, path] of pages) {
        await page.goto(path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await expect.poll(() => page.getByLabel('Loading').count(), { timeout: 30_000 }).toBe(0);
        await page.screenshot({ path: picture(`${name}-${scheme}`) });
        faults.push(...(await faultsOf(page)).map((fault) => `${path}: ${fault}`));
      }
      expect(faults).toEqual([]);
    },
    PAGES_MS_MAX,
  );

  it('were never made to run what a suite or a guideline wrote, and had no error', () => {
    expect(site.faults).toEqual([]);
  });
});
