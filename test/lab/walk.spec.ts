import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '#runtime';
import { stopInstallation, type Installation } from '../../deploy/lab/installation.js';
import { setupCode } from '../../deploy/lab/machine/by-hand.js';
import { buildImages, publishImages } from '../../deploy/lab/machine/images.js';
import { startMachineLab, type MachineLab } from '../../deploy/lab/machine/machine-lab.js';
import { MachineSite, type SiteNode } from '../../deploy/lab/machine/machine-site.js';
import { installationOn } from '../../deploy/lab/machine/on-machines.js';
import { findMachineGaps } from '../../deploy/lab/machine/requirements.js';
import { CHROMIUM, hasBrowser } from '../ui/site.js';
import { commit, putOntoRole, throughTheWizard } from '../ui/walk/steps.js';
import { Walk } from '../ui/walk/walk.js';
import { DISCOVERED_MS, INSTALLED_MS, SETTLED_MS } from './machine/install-site.js';

/**
 * What `npm run lab -- --by-hand` offers a person, done by a browser to its end: a machine that was switched on with an
 * empty disk runs the system that was installed on it. ANNEAL_WALK=yes keeps the pictures and writes docs/walk.md.
 */
const HEAD = `# From the first start to an installed machine

\`npm run lab -- --by-hand\` starts Anneal as it is on a first start, beside machines that are switched off. What follows is what the
screen says from there on; nothing else is needed. \`ANNEAL_WALK=yes npm run test:lab -- test/lab/walk.spec.ts\` does all of it
with a browser and a UEFI machine whose disk is empty, and takes these pictures.
`;
const INSTALL = 'provisioner-os-install';
const LOOK_MS = 30_000;

const gaps = await findMachineGaps();
if (gaps.length > 0) console.log(`lab: the walk is skipped. ${gaps.map(({ sentence }) => sentence).join(' ')}`);

describe.skipIf(gaps.length > 0 || !hasBrowser)('somebody who has never seen it', () => {
  let home: string;
  let lab: MachineLab;
  let installation: Installation;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const images = await buildImages((line) => console.log(`lab: ${line}`));
    home = await mkdtemp(join(tmpdir(), 'anneal-walk-'));
    process.env['ANNEAL_HOME'] = home;
    lab = await startMachineLab({ machines: [{ firmware: 'uefi', bmc: 'redfish' }] });
    installation = await installationOn(lab, 'dual', await freePort());
    await publishImages(installation.api, images);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      baseURL: installation.address,
    });
    context.setDefaultTimeout(LOOK_MS);
    page = await context.newPage();
  }, DISCOVERED_MS);
  afterAll(async () => {
    await browser?.close();
    await stopInstallation();
    await lab?.teardown();
    if (home) await rm(home, { recursive: true, force: true });
    delete process.env['ANNEAL_HOME'];
    delete process.env['ANNEAL_SERVER_URL'];
    delete process.env['ANNEAL_LAB_PROGRAM'];
  });

  it(
    'gets from the first start to an installed machine, by what the screen says alone',
    async () => {
      const walk = process.env['ANNEAL_WALK'] === 'yes' ? Walk.recorded(HEAD) : Walk.unrecorded();
      const site = new MachineSite(lab, installation.api);
      const [machine] = lab.machines;
      if (!machine) throw new Error('the lab has no machine');
      await throughTheWizard(walk, page, {
        code: setupCode(installation.home.path) ?? 'there is none',
        host: 'admin.lab.test',
        address: `${lab.network.hostAddress}/24`,
      });
      await page.getByRole('button', { name: `Start ${machine.name}`, exact: true }).click();
      site.timeline.reached(machine.name, 'on');
      await page.getByText('A machine asks:').waitFor({ timeout: DISCOVERED_MS });
      await walk.see(
        page,
        'It asks',
        'Its firmware asks for an address and a loader, and what it got is told at once.',
      );
      const [node] = (await site.discovered([machine], DISCOVERED_MS)) as [SiteNode];
      await page.getByText('A machine has arrived').waitFor();
      await walk.see(
        page,
        'It has arrived',
        'It runs a small system in its memory, has said what it is, and is a node.',
      );
      await page.getByRole('link', { name: node.name }).click();
      await page.getByRole('tab', { name: 'Hardware' }).click();
      await walk.see(
        page,
        'What it is',
        'Everything that it said of itself: processors, memory, disks, cards, firmware.',
      );
      await page.getByText('settled', { exact: true }).first().waitFor({ timeout: SETTLED_MS });

      await putOntoRole(walk, page, { machine: node.name, deployment: 'first', role: INSTALL });
      await commit(walk, page, 'first');
      const install = page.getByTestId(`role-${INSTALL}`);
      await install.locator('[data-state=transition]').waitFor({ timeout: SETTLED_MS });
      const deployment = page.url();
      await page.goto(`/nodes/${node.name}?tab=installs`);
      await page.getByRole('progressbar').first().waitFor({ timeout: INSTALLED_MS });
      await walk.see(
        page,
        'It is being installed',
        'The page of the node tells the phase of the install, and how far it is.',
      );
      await page.goto(deployment);
      await install.locator('[data-state=active]').waitFor({ timeout: INSTALLED_MS + SETTLED_MS });
      await walk.see(
        page,
        'It is active',
        'The machine has started the system on its own disk, and that system has reported: only then is it green.',
      );
      await page.getByRole('tab', { name: 'Timeline' }).click();
      await page.getByTestId('timeline').waitFor();
      await walk.see(
        page,
        'Who ran when',
        'The timeline tells when what ran, how long it took, and the phases of the install.',
      );
      const { items } = await installation.api.get<{ items: { phase: string }[] }>('installs');
      expect(items.map(({ phase }) => phase)).toEqual(['joined']);
    },
    DISCOVERED_MS + INSTALLED_MS + 2 * SETTLED_MS,
  );
});
