import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, hasBrowser, PASSWORD, picture, startSite, type Site } from './site.js';

const CONTENT = randomBytes(2_000_000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const MANIFEST = {
  name: 'golden-12',
  os: { family: 'debian', version: '12', codename: 'bookworm', arch: 'x86_64' },
  kernel: '6.1.0-40-amd64',
  recipe: 'none',
  sha256: SHA256,
  bytes: CONTENT.length,
  rawBytes: 8_000_000,
  compression: 'zstd',
  layouts: ['plain'],
  firmware: ['bios', 'uefi'],
  packages: [],
};
const FQDN = 'admin.wizard.test';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHqk4Kx5mT7V3uPzR somebody@wizard.test';

describe.skipIf(!hasBrowser)('the install wizard', () => {
  let site: Site;
  let mirror: Server;
  let page: Page;
  const faults: string[] = [];
  beforeAll(async () => {
    mirror = createServer((request, reply) =>
      reply.end(request.url?.endsWith('manifest.json') ? JSON.stringify(MANIFEST) : CONTENT),
    ).listen(0, '127.0.0.1');
    await once(mirror, 'listening');
    site = await startSite('ui_wizard');
  });
  afterAll(async () => {
    await site?.stop();
    mirror?.close();
  });

  const next = () => page.getByRole('button', { name: 'Next', exact: true }).click();
  const step = (name: string) => page.getByRole('region', { name, exact: true }).waitFor();
  /** A stretch of the path as somebody leaves it: kept as a picture in both themes, and without a serious fault. */
  const lookedAt = async (name: string): Promise<void> => {
    await page.evaluate('scrollTo(0, 0)');
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: picture(`wizard-${name}-${scheme}`), fullPage: true });
      faults.push(...(await faultsOf(page)).map((fault) => `${name}, ${scheme}: ${fault}`));
    }
    await page.emulateMedia({ colorScheme: 'light' });
  };

  it('is where the one-time code leads to, and begins with the host', async () => {
    page = await site.stranger();
    await page.goto('/');
    await page.getByRole('textbox', { name: 'One-time code' }).fill(site.code);
    await page.locator('input[type=password]').nth(0).fill(PASSWORD);
    await page.locator('input[type=password]').nth(1).fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await page.getByRole('heading', { name: 'Install wizard' }).waitFor();
    await page.getByText('Interfaces with an address').or(page.getByText('No interface has an address')).waitFor();
    await page.getByText('other DHCP').waitFor();
  });

  it('tells of another DHCP server on the wire, and what can be done about it', async () => {
    await page.route('**/api/v2/wizard/host', async (route) => {
      const answer = await route.fetch();
      const host = (await answer.json()) as { checks: { name: string; verdict: string; says: string }[] };
      const checks = host.checks.map((check) =>
        check.name === 'other DHCP'
          ? {
              ...check,
              verdict: 'warning',
              says: '192.168.124.53 gives out addresses on eth1: it offered 192.168.124.77.',
            }
          : check,
      );
      await route.fulfill({ response: answer, json: { ...host, checks } });
    });
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByText('192.168.124.53 gives out addresses').waitFor();
    await page.getByRole('button', { name: 'Let it, and add what to boot' }).click();
    await page.getByText('Anneal will only add what to boot').waitFor();
    await page.getByRole('textbox', { name: 'Name of this host' }).fill(FQDN);
    await page.getByRole('textbox', { name: 'Name of this host' }).blur();
    await lookedAt('host');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await next();
  });

  it('draws how the addresses are divided, and says at once what does not fit', async () => {
    await step('Admin network');
    const address = page
      .getByRole('combobox', { name: 'Address of this host' })
      .or(page.getByLabel('Address of this host on the admin network'))
      .first();
    await address.fill('192.168.124.1/24');
    await address.blur();
    await expect.poll(() => page.getByLabel('Nodes, from').inputValue()).toBe('192.168.124.11');
    await page.getByTestId('ranges').getByText('new machines: 192.168.124.100 – 192.168.124.199 (100)').waitFor();
    await page.getByLabel('Nodes, to').fill('192.168.124.120');
    await page.getByRole('alert').getByText('“nodes” and “new machines” overlap.').waitFor();
    await page.getByLabel('Nodes, to').fill('192.168.124.99');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.getByLabel('Router').fill('192.168.124.254');
    await page.getByRole('radiogroup').getByText('IPv6 alone').click();
    expect(await page.getByTestId('ranges').count()).toBe(0);
    await page.getByRole('radiogroup').getByText('IPv4 alone').click();
    expect(await page.getByLabel('IPv6 prefix').count()).toBe(0);
    await page.getByRole('radiogroup').getByText('IPv4 and IPv6').click();
    expect(await page.getByLabel('Domain').inputValue()).toBe('wizard.test');
    await lookedAt('network');
    await next();
  });

  it('asks for names, time, and where packages come from', async () => {
    await step('Names, time, packages');
    await page.getByRole('combobox', { name: 'DNS servers to ask' }).fill('9.9.9.9');
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Time servers' }).fill('192.168.124.2');
    await page.keyboard.press('Enter');
    await page.getByLabel('Offline').check();
    await page.getByLabel('Mirror of packages').fill('http://mirror.wizard.test/debian');
    await page.getByLabel('Proxy of machines').fill('http://proxy.wizard.test:3128');
    await lookedAt('names');
    await next();
    await step('Services elsewhere');
    await page.getByRole('button', { name: 'Add a service' }).click();
    await page.getByLabel('Service', { exact: true }).fill('clock');
    await page.getByRole('combobox', { name: 'Addresses' }).fill('192.168.124.3');
    await page.keyboard.press('Enter');
    await lookedAt('services');
    await next();
  });

  it('goes on where it was left', async () => {
    await step('Images');
    await page.reload();
    await step('Images');
    await page.getByRole('button', { name: 'Back' }).click();
    await step('Services elsewhere');
    expect(await page.getByLabel('Service', { exact: true }).inputValue()).toBe('clock');
    await next();
  });

  it('fetches an image, shows how far it is, and checks its digest', async () => {
    await step('Images');
    await page
      .getByLabel('Fetch one that was built elsewhere')
      .fill(`http://127.0.0.1:${(mirror.address() as AddressInfo).port}/manifest.json`);
    await page.getByLabel('SHA-256 that it must have').fill(SHA256);
    await page.getByRole('button', { name: 'Fetch it' }).click();
    await page.locator('[data-testid=image-build][data-state=done]').waitFor({ timeout: 60_000 });
    await page.getByTestId('image-build').getByText(SHA256).waitFor();
    await page.getByRole('cell', { name: 'golden-12' }).waitFor();
    await page.getByRole('combobox', { name: 'Machines get' }).click();
    await page.getByRole('option', { name: 'golden-12' }).click();
    await lookedAt('images');
    await next();
  });

  it('takes keys, and makes people at once', async () => {
    await step('Keys and people');
    const keys = page.getByLabel('Public keys of people');
    await keys.fill('not a key');
    await page.getByText('This is no public key').waitFor();
    await keys.fill(KEY);
    await page.getByLabel('Name of the person').fill('olga');
    await page.getByLabel('First password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('olga, operator').waitFor();
    await lookedAt('people');
    await next();
  });

  it('shows what would change and the same as a file, which can be brought back', async () => {
    await step('Review');
    await page.getByTestId('difference').getByText('+ network admin is made').waitFor();
    await page.getByTestId('difference').getByText(`+ admin node ${FQDN} is made`).waitFor();
    await page.getByTestId('difference').getByText('~ attribute target-os of role provisioner-os-install').waitFor();
    const yaml = await page.getByTestId('yaml').innerText();
    expect(yaml).toContain('kind: site');
    expect(yaml).not.toContain(PASSWORD);
    const brought = page.getByLabel('A site.yml that was taken from here');
    await brought.fill('networks: [');
    await page.getByRole('button', { name: 'Take this' }).click();
    await page.getByText('This is no YAML').waitFor();
    await brought.fill(yaml.replaceAll('192.168.124.254', '192.168.124.253'));
    await page.getByRole('button', { name: 'Take this' }).click();
    await expect.poll(() => page.getByTestId('yaml').innerText()).toContain('192.168.124.253');
    await page.getByTestId('difference').getByText('+ network admin is made').waitFor();
    expect((await site.admin('GET', 'networks')).body.items).toEqual([]);
    await lookedAt('review');
  });

  it('makes it so, and shows the system being annealed until it stands', async () => {
    await page.getByRole('button', { name: 'Make it so', exact: true }).click();
    await step('Anneal');
    await page.getByText('The system stands').waitFor({ timeout: 90_000 });
    const network = (await site.admin('GET', 'networks/admin')).body;
    expect(network).toMatchObject({ dhcp: 'proxy', domain: 'wizard.test', v6prefix: expect.stringMatching(/^fd/) });
    expect((await site.admin('GET', `nodes/${FQDN}`)).body).toMatchObject({ admin: true, state: 'active' });
    expect((await site.admin('GET', 'settings/package_source')).body.value).toBe('offline');
    const os = (await site.admin('GET', 'roles/provisioner-os-install/attribs/target-os')).body;
    expect(os.value).toBe('golden-12');
    await lookedAt('anneal');
    await next();
  });

  it('waits for the first machine, and shows it when it arrives', async () => {
    await step('First machine');
    await page.getByText('Waiting for the first machine').waitFor();
    await lookedAt('waiting');
    const made = await site.admin('POST', 'nodes', { body: { name: 'first.wizard.test', alive: true, probed: false } });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    await page.getByText('A machine has arrived').waitFor();
    await page.getByRole('link', { name: 'first.wizard.test' }).waitFor();
    await lookedAt('arrived');
  });

  it('can be gone through again, and changes nothing by that', async () => {
    await page.goto('/wizard');
    await page.getByText('It has been gone through before').waitFor();
    await page.getByRole('button', { name: 'Review' }).click();
    await step('Review');
    await page.getByText('All of it is so already: nothing would change.').waitFor();
    const before = (await site.admin('GET', 'site')).body;
    await page.getByRole('button', { name: 'Make it so', exact: true }).click();
    await step('Anneal');
    expect((await site.admin('GET', 'site')).body).toEqual(before);
  });

  it('has no serious fault of accessibility on its way', () => {
    expect(faults).toEqual([]);
  });

  it('can be used by the keyboard alone', async () => {
    await page.getByRole('button', { name: 'Admin network' }).focus();
    await page.keyboard.press('Enter');
    await step('Admin network');
    await page.getByLabel('Router').focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('192.168.124.250');
    await page.getByRole('button', { name: 'Next', exact: true }).focus();
    await page.keyboard.press('Enter');
    await step('Names, time, packages');
  });
});
