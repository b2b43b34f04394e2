import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, hasBrowser, PASSWORD, startSite, type Site } from './site.js';

const NODES = ['n1.lab.test', 'n2.lab.test', 'n3.lab.test'] as const;

describe.skipIf(!hasBrowser)('the web interface', () => {
  let site: Site;

  beforeAll(async () => {
    site = await startSite('ui');
    for (const name of NODES) {
      const made = await site.admin('POST', 'nodes', { body: { name, alive: true, probed: false } });
      if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    }
    for (const name of ['shop', 'broken']) await site.admin('POST', 'deployments', { body: { name } });
  });
  afterAll(() => site?.stop());

  const addRole = async (page: Page, role: string): Promise<void> => {
    await page.getByRole('combobox', { name: 'Add a role' }).or(page.getByLabel('Add a role')).first().fill(role);
    await page.getByRole('option', { name: role }).first().click();
    await page.getByTestId(`role-${role}`).waitFor();
  };
  const bound = (page: Page, role: string, node: string) => page.getByTestId(`role-${role}`).getByText(node);

  it('lets nobody in who does not show the code, and makes the first administrator of whoever does', async () => {
    const page = await site.stranger();
    await page.goto('/');
    await page.getByRole('textbox', { name: 'One-time code' }).fill('0000-0000-0000-0000');
    await page.locator('input[type=password]').nth(0).fill(PASSWORD);
    await page.locator('input[type=password]').nth(1).fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('textbox', { name: 'One-time code' }).fill(site.code);
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await page.getByRole('heading', { name: 'Install wizard' }).waitFor();
    await page.getByLabel('You').click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Anneal' }).waitFor();
  });

  it('lets in who has name and password, to the page that was asked for, and nobody else', async () => {
    await site.admin('POST', 'users', { body: { name: 'eve', display: 'Eve', role: 'viewer', password: PASSWORD } });
    const page = await site.stranger();
    await page.goto('/deployments/shop?tab=matrix');
    const signIn = async (password: string): Promise<void> => {
      await page.getByRole('textbox', { name: 'Name' }).fill('eve');
      await page.locator('input[type=password]').fill(password);
      await page.keyboard.press('Enter');
    };
    await signIn(`not ${PASSWORD}`);
    await page.getByRole('alert').waitFor();
    expect((await page.request.get('/api/v2/self')).status()).toBe(401);
    await signIn(PASSWORD);
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    expect(new URL(page.url()).search).toBe('?tab=matrix');
    await page.reload();
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    const { cookies } = await page.context().storageState();
    await page.getByLabel('You').click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Anneal' }).waitFor();
    // The session has ended on the server: whoever kept its cookie is nobody.
    await page.context().addCookies(cookies);
    expect((await page.request.get('/api/v2/self')).status()).toBe(401);
  });

  it('binds a node that is dragged onto a role by the mouse, by the keyboard, or put there by its menu', async () => {
    const page = await site.open('/deployments/shop');
    await addRole(page, 'test-noop');
    const [byMouse, byKeys, byMenu] = NODES;

    const grip = await page.getByRole('button', { name: `Drag ${byMouse}` }).boundingBox();
    const place = await page.getByTestId('role-test-noop').boundingBox();
    if (!grip || !place) throw new Error('there is nothing to drag');
    await page.mouse.move(grip.x + 30, grip.y + grip.height / 2);
    await page.mouse.down();
    await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2, { steps: 12 });
    await page.mouse.up();
    await bound(page, 'test-noop', byMouse).waitFor();

    await page.getByRole('button', { name: `Drag ${byKeys}` }).focus();
    await page.keyboard.press('Space');
    // A key carries the node by a fixed distance; where it is then, is asked of what it is over.
    for (let presses = 0; presses < 40; presses += 1) {
      if (await page.locator('[data-testid="role-test-noop"][class*="over"]').count()) break;
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('Space');
    await bound(page, 'test-noop', byKeys).waitFor();

    await page.getByRole('button', { name: `Put ${byMenu} onto a role` }).click();
    await page.getByRole('menuitem', { name: 'test-noop', exact: true }).click();
    await bound(page, 'test-noop', byMenu).waitFor();
  });

  it('shows what a commit would do, does it, and goes green by itself', async () => {
    const page = await site.open('/deployments/shop');
    await page.getByRole('button', { name: 'Commit…' }).click();
    await page.getByTestId('preview').getByText('Added: 3').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Commit', exact: true }).click();
    await expect
      .poll(() => page.getByTestId('role-test-noop').locator('[data-state=active]').count(), { timeout: 30_000 })
      .toBe(NODES.length);
  });

  it('shows an error with its explanation and its log, and runs it again on request', async () => {
    const bind = await site.admin('POST', 'deployments/broken/bulk', {
      body: { bind: [{ role: 'test-fails-alone', node: NODES[0] }] },
    });
    expect(bind.status).toBe(200);
    await site.admin('PUT', 'deployments/broken/commit', { body: {} });
    const page = await site.open('/annealer');
    const failed = page.getByRole('link', { name: `test-fails-alone@${NODES[0]}` });
    await failed.waitFor();
    await expect
      .poll(() => page.getByTestId('rate-error').innerText(), { timeout: 30_000 })
      .toMatch(/^0\.[1-9] a minute$/);
    await page
      .getByTestId('oldest-error')
      .getByRole('link', { name: /now|ago/ })
      .waitFor();
    await failed.click();
    await page.locator('[data-state=error]').first().waitFor();
    await page.getByText('What would move it').waitFor();
    await page.getByTestId('run-log').waitFor();
    const key = `node_roles/test-fails-alone@${NODES[0]}`;
    const before = (await site.admin('GET', `${key}/runs`)).body.items.length as number;
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await expect
      .poll(async () => (await site.admin('GET', `${key}/runs`)).body.items.length as number, { timeout: 30_000 })
      .toBeGreaterThan(before);
  });

  /** Something that destroys, proposed on nodes and not committed. */
  const proposeToDestroy = async (deployment: string, nodes: readonly string[]): Promise<void> => {
    expect((await site.admin('POST', 'deployments', { body: { name: deployment } })).status).toBe(201);
    const bind = nodes.map((node) => ({ role: 'test-destructive', node }));
    const bound = await site.admin('POST', `deployments/${deployment}/bulk`, { body: { bind } });
    expect(bound.status, JSON.stringify(bound.body)).toBe(200);
  };
  const stateOn = async (node: string): Promise<string> =>
    (await site.admin('GET', `node_roles/test-destructive@${node}`)).body.state as string;

  it('commits nothing that destroys before the name of the node is typed, wherever it is committed', async () => {
    const [, node] = NODES;
    const name = `test-destructive@${node}`;
    await proposeToDestroy('erasing', [node]);
    const page = await site.open(`/nodes/${node}`);
    const dialog = page.getByRole('dialog');
    const asks = async (): Promise<void> => {
      await dialog.getByTestId('proposed').getByText(name).waitFor();
      await dialog.getByText('This destroys what is there now').waitFor();
      expect(await dialog.getByRole('button', { name: 'Commit', exact: true }).isDisabled()).toBe(true);
      expect(await stateOn(node)).toBe('proposed');
    };
    await page.getByRole('button', { name: 'Commit', exact: true }).first().click();
    await asks();
    await page.keyboard.press('Escape');
    await page.goto('/annealer?state=proposed');
    // Much is proposed by itself: what is out of sight is not drawn.
    await page.getByLabel('Filter').fill(name);
    await page.getByRole('row', { name }).getByRole('button', { name: 'Commit', exact: true }).click();
    await asks();
    await page.keyboard.press('Escape');
    await page.goto(`/node-roles/${name}`);
    await page.getByRole('button', { name: 'Commit', exact: true }).click();
    await asks();
    expect(await faultsOf(page)).toEqual([]);
    await dialog.getByLabel(`Type ${node} to go on`).fill(node);
    await dialog.getByRole('button', { name: 'Commit', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await stateOn(node)).not.toBe('proposed');
    // Nothing runs in a deployment that is open for editing.
    expect((await site.admin('PUT', 'deployments/erasing/commit', { body: {} })).status).toBe(202);
    await expect.poll(() => stateOn(node), { timeout: 30_000 }).toBe('active');
  });

  it('destroys once more on request, when the name of the node is typed', async () => {
    const [, node] = NODES;
    const page = await site.open(`/node-roles/test-destructive@${node}`);
    const runs = async (): Promise<number> =>
      (await site.admin('GET', `node_roles/test-destructive@${node}/runs`)).body.items.length as number;
    const before = await runs();
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(`Type ${node} to go on`).fill(node);
    expect(await runs()).toBe(before);
    await dialog.getByRole('button', { name: 'Retry', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(runs, { timeout: 30_000 }).toBeGreaterThan(before);
  });

  it('commits many nodes by what is proposed on them now, whatever their state, and says what will run', async () => {
    const [failing, third, other] = NODES;
    // What they got by themselves is out of the way.
    for (const node of NODES) expect((await site.admin('PUT', `nodes/${node}/commit`)).status).toBe(202);
    const page = await site.open('/nodes');
    await page.getByLabel('Filter').fill('n');
    await page.getByRole('button', { name: 'Choose all that match' }).click();
    await page.getByText('3 chosen').waitFor();
    // What is done with them goes by what they are when it is done: the first is in error, and all were chosen before this.
    await expect
      .poll(async () => (await site.admin('GET', `nodes/${failing}`)).body.state as string, { timeout: 30_000 })
      .toBe('error');
    expect((await site.admin('POST', 'deployments', { body: { name: 'more' } })).status).toBe(201);
    const bind = [
      { role: 'test-urgent', node: failing },
      { role: 'test-destructive', node: other },
    ];
    const bound = await site.admin('POST', 'deployments/more/bulk', { body: { bind } });
    expect(bound.status, JSON.stringify(bound.body)).toBe(200);
    await page.getByRole('button', { name: 'Commit', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Commit 2 of 3 nodes').waitFor();
    await dialog.getByText(`${third} has nothing proposed`).waitFor();
    await dialog.getByTestId('proposed').getByText(`test-urgent@${failing}`).waitFor();
    const go = dialog.getByRole('button', { name: 'Commit', exact: true });
    expect(await go.isDisabled()).toBe(true);
    await dialog.getByLabel(`Type ${other} to go on`).fill(other);
    await go.click();
    await dialog.waitFor({ state: 'detached' });
    expect(await stateOn(other)).not.toBe('proposed');
    expect((await site.admin('GET', `node_roles/test-urgent@${failing}`)).body.state).not.toBe('proposed');
  });

  it('finds some of many noderoles by what is typed', async () => {
    const page = await site.open('/deployments/shop?tab=node-roles');
    const rows = page.getByRole('region', { name: 'Noderoles' }).getByRole('link');
    await expect.poll(() => rows.count(), { timeout: 30_000 }).toBeGreaterThanOrEqual(NODES.length);
    await page.getByLabel('Filter').fill(`noop@${NODES[1]}`);
    await expect.poll(() => rows.allInnerTexts(), { timeout: 30_000 }).toEqual([`test-noop@${NODES[1]}`]);
    await page.getByLabel('Filter').fill('nothing is');
    await page.getByText('an operator').waitFor();
  });

  it('tells at which lines a barclamp is wrong', async () => {
    const page = await site.open('/barclamps?tab=import');
    await page
      .getByLabel('barclamp.yml')
      .fill('name: wrong\nversion: "1"\nroles:\n  - name: a\n    jig: nobody-has-this\n    requirez: [b]\n');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('alert').getByText('Nothing was imported').waitFor();
    await page
      .getByRole('button', { name: /^line \d+$/ })
      .first()
      .waitFor();
  });

  it('lets a viewer look and says why he may not do more', async () => {
    const page = await site.open('/deployments/shop', { role: 'viewer' });
    const commit = page.getByRole('button', { name: 'Commit…' });
    await commit.waitFor();
    expect(await commit.isDisabled()).toBe(true);
    expect(await commit.getAttribute('title')).toContain('You may look');
  });

  it('shows which worker leads, how its loops turn, and that the queue answers', async () => {
    const [worker] = (await site.admin('GET', 'workers')).body.items as { name: string; pid: number }[];
    const page = await site.open('/health');
    const row = page.getByRole('table', { name: 'Workers' }).getByRole('row', { name: worker!.name });
    await row.getByText('live', { exact: true }).waitFor();
    await row.getByText('leads', { exact: true }).waitFor();
    const queue = page.getByRole('table', { name: 'Queue' }).getByRole('row', { name: worker!.name });
    await queue.getByText('answers', { exact: true }).waitFor();
    await page.getByRole('button', { name: `Loops of ${worker!.name}` }).click();
    const loops = page.getByRole('table', { name: `Loops of ${worker!.name}` });
    await loops.getByRole('row', { name: /^rescue turns|^rescue at work/ }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  it('stays on the screen when a part that comes later cannot be fetched at first', async () => {
    const page = await site.open('/nodes');
    let refused = 0;
    await page.route('**/assets/*.js', async (route) => {
      const answer = await route.fetch();
      const draws = !route.request().url().includes('/index-') && (await answer.text()).includes('Notifications');
      if (draws && (refused += 1) === 1) return route.abort();
      return route.fulfill({ response: answer });
    });
    await page.reload();
    await expect.poll(() => refused, { timeout: 20_000 }).toBe(2);
    await page.getByRole('link', { name: NODES[0] }).waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('says when the news are cut off, and misses nothing of what happened meanwhile', async () => {
    const page = await site.open('/nodes');
    await page.getByRole('link', { name: NODES[0] }).waitFor();
    site.wire.cut();
    await page.getByTestId('stale').waitFor();
    await site.admin('POST', 'nodes', { body: { name: 'n4.lab.test', alive: true, probed: false } });
    site.wire.mend();
    await page.getByTestId('stale').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'n4.lab.test' }).waitFor();
  });
});
