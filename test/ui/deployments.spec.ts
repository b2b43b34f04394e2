import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { furnish, must } from './furnish.js';
import { addRole, bound, putByKeys, putByMenu, putByMouse } from './putting.js';
import { faultsOf, hasBrowser, picture, startSite, type Site } from './site.js';

const NODES = ['d1.lab.test', 'd2.lab.test', 'd3.lab.test', 'd4.lab.test'] as const;
const OS = 'provisioner-os-install';

describe.skipIf(!hasBrowser)('building and following a deployment', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite('ui_deployments');
    const { admin } = site;
    await furnish(admin, NODES, { inRack: 2, available: false });
    await must(
      admin('POST', 'images', {
        body: {
          name: 'golden-12',
          os: { family: 'debian', version: '12', codename: 'bookworm', arch: 'x86_64' },
          sha256: 'a'.repeat(64),
          bytes: 1_000,
          raw_bytes: 2_000,
          layouts: ['plain', 'lvm'],
        },
      }),
    );
    for (const name of ['web', 'plain', 'other']) await must(admin('POST', 'deployments', { body: { name } }));
  });
  afterAll(() => site?.stop());

  const lookedAt = async (page: Page, name: string): Promise<void> => {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: picture(`${name}-${scheme}`) });
      expect(await faultsOf(page), `${name}, ${scheme}`).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  };

  it('puts a node onto the operating system by the mouse, by the keyboard and by its menu', async () => {
    const page = await site.open('/deployments/web');
    await addRole(page, OS);
    const [byMouse, byKeys, byMenu] = NODES;
    await putByMouse(page, OS, byMouse);
    await putByKeys(page, OS, byKeys);
    await putByMenu(page, OS, byMenu);
  });

  it('shows as ghosts what will come along, and for whose sake, before anything is let go', async () => {
    const page = await site.open('/deployments/plain');
    await addRole(page, 'crowbar-installed-node');
    await page.getByRole('button', { name: `Put ${NODES[3]} onto a role` }).click();
    await page.getByRole('menuitem', { name: 'crowbar-installed-node', exact: true }).hover();
    const ghosts = page.getByTestId('role-crowbar-installed-node').getByTestId('foreseen');
    await ghosts.getByText(`${OS}@${NODES[3]}: crowbar-installed-node needs it`).waitFor();
    await page.screenshot({ path: picture('deployment-ghosts-light') });
    await page.keyboard.press('Escape');
    expect((await site.admin('GET', `node_roles/${OS}@${NODES[3]}`)).status).toBe(404);
  });

  it('says at once what cannot be, where it is let go', async () => {
    const page = await site.open('/deployments/plain');
    await addRole(page, 'provisioner-os-present');
    const [node] = NODES;
    await page.getByRole('button', { name: `Put ${node} onto a role` }).click();
    await page.getByRole('menuitem', { name: 'provisioner-os-present', exact: true }).hover();
    const said = page.getByTestId('role-provisioner-os-present').getByRole('alert');
    await said.waitFor();
    await page.getByRole('menuitem', { name: 'provisioner-os-present', exact: true }).click();
    await said.waitFor();
    expect((await site.admin('GET', 'deployments/plain')).body.nodes).toBe(0);
  });

  it('lets the system, the disk and its layout be chosen, for all nodes or for one', async () => {
    const page = await site.open('/deployments/web');
    await page.getByRole('button', { name: 'System and disks…' }).click();
    const dialog = page.getByRole('dialog');
    const choose = async (label: string, option: string): Promise<void> => {
      await dialog.getByRole('combobox', { name: label, exact: true }).click();
      await page.getByRole('option', { name: option }).first().click();
    };
    await choose('System', 'golden-12');
    await choose('Disk', 'the largest');
    await choose('Layout', 'Mirrored over two disks');
    await dialog.getByText('golden-12 cannot be laid out like this').waitFor();
    await choose('Layout', 'The root on a logical volume');
    await lookedAt(page, 'deployment-disks');
    await dialog.getByRole('button', { name: 'Set', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    const attrib = async (holder: string, name: string) => (await site.admin('GET', `${holder}/attribs/${name}`)).body;
    const whole = `deployment_roles/${OS}@web`;
    expect((await attrib(whole, 'target-os')).proposed.value).toBe('golden-12');
    expect((await attrib(whole, 'install-disks')).proposed.value).toMatchObject({ rule: 'largest' });
    expect((await attrib(whole, 'install-layout')).proposed.value).toBe('lvm');

    await page.getByRole('button', { name: 'System and disks…' }).click();
    await choose('For', `${NODES[0]} alone`);
    await choose('Disk', 'the one that is named');
    await dialog.getByLabel('Which').fill('serial:S3Z8NB0K');
    await dialog.getByRole('button', { name: 'Set', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await attrib(`node_roles/${OS}@${NODES[0]}`, 'install-disks')).proposed.value.rule).toBe('serial:S3Z8NB0K');
  });

  it('puts many chosen nodes onto a role and onto a network at once, a group among them', async () => {
    const page = await site.open('/deployments/other');
    await addRole(page, 'test-noop');
    await page
      .getByRole('button', { name: 'rack/r1' })
      .or(page.getByRole('button', { name: 'r1', exact: true }))
      .first()
      .click();
    await page.getByText('2 chosen').first().waitFor();
    await page.getByTestId('role-test-noop').getByRole('button', { name: 'Put the 2 chosen here' }).click();
    for (const node of NODES.slice(0, 2)) await bound(page, 'test-noop', node).waitFor();
    await page.getByLabel(`Choose ${NODES[0]}`).check();
    await page.getByRole('button', { name: 'Put the 1 chosen on storage' }).click();
    await bound(page, 'network-storage', NODES[0]).waitFor();
    await page.getByRole('button', { name: `Take network-storage@${NODES[0]} off` }).click();
    await bound(page, 'network-storage', NODES[0]).waitFor({ state: 'detached' });
    await lookedAt(page, 'deployment-groups');
  });

  it('commits in waves, which can be steered', async () => {
    const page = await site.open('/deployments/other');
    await page.getByRole('button', { name: 'Commit…' }).click();
    await page.getByRole('switch', { name: 'In waves' }).press('Space');
    await page.getByLabel('Nodes in a wave').fill('1');
    await page.getByRole('combobox', { name: 'A wave has nodes of one' }).click();
    await page.getByRole('option', { name: 'rack' }).click();
    // Nobody runs anything here: without a pause the last wave has gone before a busy machine has drawn the page.
    await page.getByLabel('Pause between waves, in seconds').fill('600');
    await page.getByLabel('Note').fill('first');
    await page.getByRole('dialog').getByRole('button', { name: 'Commit', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Rollouts' }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('button', { name: 'Go on', exact: true }).waitFor();
    expect((await site.admin('GET', 'rollouts')).body.items[0]).toMatchObject({ state: 'paused', wave_size: 1 });
    await page.getByRole('button', { name: 'Let all go', exact: true }).click();
    await expect
      .poll(async () => (await site.admin('GET', 'rollouts')).body.items[0].state, { timeout: 30_000 })
      .not.toBe('paused');
  });

  it('compares two commits value by value', async () => {
    const set = (value: number) =>
      site.admin('PUT', 'deployments/other/wish', {
        body: { bind: [{ role: 'test-noop', node: NODES[value] }] },
      });
    await site.admin('PUT', 'deployments/other/propose');
    expect((await set(2)).status).toBe(200);
    expect((await site.admin('PUT', 'deployments/other/commit', { body: { note: 'second' } })).status).toBe(202);
    const page = await site.open('/deployments/other?tab=commits');
    await page.getByRole('button', { name: 'Compare commit 1 with 2' }).click();
    const difference = page.getByRole('region', { name: 'Difference between commits' });
    await difference.getByText('+ noderole').first().waitFor();
    await lookedAt(page, 'deployment-difference');
    await difference.getByRole('combobox', { name: 'From commit' }).click();
    await page.getByRole('option', { name: '2' }).click();
    await difference.getByText('Both wished for the same.').waitFor();
  });

  it('shows who ran when, on one axis, and tells of a bar what it was', async () => {
    for (const node of await site
      .admin('GET', 'nodes')
      .then(({ body }) => body.items as { name: string; version: number }[]))
      if ((NODES as readonly string[]).includes(node.name))
        await site.admin('PATCH', `nodes/${node.name}`, {
          body: { available: true },
          headers: { 'if-match': '*', 'content-type': 'application/merge-patch+json' },
        });
    const page = await site.open('/annealer?state=timeline');
    await expect
      .poll(
        async () => {
          await page.reload();
          await page.getByTestId('timeline').waitFor();
          return page
            .getByTestId('timeline')
            .getByRole('button', { name: `test-noop on ${NODES[0]}` })
            .count();
        },
        { timeout: 60_000 },
      )
      .toBeGreaterThan(0);
    await page
      .getByTestId('timeline')
      .getByRole('button', { name: `test-noop on ${NODES[0]}` })
      .first()
      .click({ force: true });
    await page.getByRole('status').getByText(`test-noop@${NODES[0]}`).waitFor();
    await lookedAt(page, 'timeline');
    await page.goto(`/nodes/${NODES[0]}?tab=timeline`);
    await page.getByTestId('timeline').waitFor();
    await page.getByRole('radiogroup', { name: 'Show as' }).getByText('List').click();
    await page.getByRole('table', { name: 'What happened' }).waitFor();
    await page.goto('/deployments/other?tab=timeline');
    await page.getByTestId('timeline').waitFor();
  });

  it('draws the graph together by failure zone, and shows the critical path and why something waits', async () => {
    await site.admin('PUT', 'deployments/web/commit', { body: {} });
    const page = await site.open('/deployments/web?tab=graph');
    await page.getByRole('radiogroup', { name: 'Draw together' }).getByText('By failure zone').click();
    await page.locator('.react-flow__node').getByText('r1').first().waitFor();
    await page.getByRole('switch', { name: 'Critical path' }).press('Space');
    await page.getByTestId('graph-says').getByText('decide when it is ready').waitFor();
    await page.getByRole('radiogroup', { name: 'Draw together' }).getByText('Each').click();
    await page
      .locator('.react-flow__node')
      .filter({ hasText: `${OS}@` })
      .first()
      .dispatchEvent('click');
    await expect.poll(() => page.getByTestId('graph-says').innerText(), { timeout: 30_000 }).toContain(OS);
    await lookedAt(page, 'graph-why');
  });

  it('maps nodes by networks, with how full the ranges are', async () => {
    await site.admin('POST', 'networks/storage/allocate', { body: { node: NODES[3] } });
    const page = await site.open('/networks?tab=map');
    await page.getByRole('region', { name: 'Nodes by networks' }).getByRole('link', { name: NODES[3] }).waitFor();
    await page.getByRole('progressbar', { name: /host of storage: \d+ of 89 given/ }).waitFor();
    await page.getByRole('textbox', { name: 'Node' }).fill('d4');
    await expect
      .poll(() => page.getByRole('region', { name: 'Nodes by networks' }).getByRole('link').count(), {
        timeout: 30_000,
      })
      .toBe(1);
    await lookedAt(page, 'address-map');
  });

  it('shows the cards of a node and the switches that they are plugged into', async () => {
    const reported = await site.admin('PUT', `nodes/${NODES[0]}/inventory`, {
      body: {
        version: 1,
        network: {
          product: 'Simulated',
          interfaces: [
            {
              name: 'eno1',
              mac: '52:54:00:00:00:01',
              bus_path: null,
              port: 0,
              speeds: [1000, 10000],
              driver: 'ixgbe',
              model: null,
            },
            {
              name: 'eno2',
              mac: '52:54:00:00:00:02',
              bus_path: null,
              port: 1,
              speeds: [1000],
              driver: 'igb',
              model: null,
            },
          ],
        },
        links: [
          { name: 'eno1', up: true, mbit_per_second: 10000, neighbour: { switch: 'leaf-3', port: 'Ethernet7' } },
          { name: 'eno2', up: false, mbit_per_second: null, neighbour: null },
        ],
      },
    });
    expect(reported.status, JSON.stringify(reported.body)).toBe(200);
    const page = await site.open(`/nodes/${NODES[0]}?tab=network`);
    const cards = page.getByTestId('cards');
    await cards.getByText('leaf-3').waitFor();
    await cards.getByText('link at 10 Gbit/s').waitFor();
    await cards.getByText('no link', { exact: true }).waitFor();
    await lookedAt(page, 'node-cards');
    await page.goto(`/nodes/${NODES[0]}?tab=boot`);
    await page.getByRole('table', { name: 'What it boots' }).waitFor();
    await page.getByText('No netboot server remembers a packet of it.').waitFor();
  });

  it('goes back in time: a node as it was', async () => {
    const page = await site.open('/events?tab=then');
    await page.getByRole('combobox', { name: 'Node' }).click();
    await page.getByRole('option', { name: NODES[0] }).click();
    await page.getByTestId('then').getByText(`test-noop@${NODES[0]}`).waitFor();
    await page.getByLabel('At this moment (UTC)').fill('2001-02-03T04:05:06');
    await page.getByText(`${NODES[0]} was not there yet.`).waitFor();
    await lookedAt(page, 'node-then');
  });

  it('says before it begins which of many nodes it will skip, and why', async () => {
    await site.admin('PATCH', `nodes/${NODES[3]}`, {
      body: { available: false },
      headers: { 'if-match': '*', 'content-type': 'application/merge-patch+json' },
    });
    const page = await site.open('/nodes');
    for (const node of NODES) await page.getByLabel(`Choose ${node}`).check();
    await page.getByRole('button', { name: 'Hold', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`${NODES[3]} is held already`).waitFor();
    await dialog.getByRole('button', { name: 'Hold', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    const held = (
      await site.admin(
        'GET',
        `nodes?filter=${encodeURIComponent('available eq false and admin eq false and system eq false')}`,
      )
    ).body;
    expect(held.items.length).toBe(NODES.length);
  });
});
