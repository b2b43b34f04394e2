import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page, type Request } from 'playwright-core';
import { createServer, type Server } from '../../apps/server/src/server.js';
import { CHECKOUT } from '../../deploy/runtime/index.js';
import { freshDatabase, startTestServices } from '#runtime';
import { idOf, type NodeId } from '#core';
import { openDatabase } from '#store';
import { writeGraph } from '#testkit';
import type { Bench, BenchResult } from './bench.js';

/**
 * The web interface before a large installation, in Debian's Chromium: how soon the table of nodes can be used, how soon
 * it is filtered, how long the longest task of the page is while 200 events come each second, how soon 2,000 noderoles are
 * drawn, and what is loaded before the first page can be seen. The server, its database and the browser share the machine.
 */
const NODES = 10_000;
const ROLES_PER_NODE = 20;
/** Nodes of the deployment that is drawn: with all their roles 2,000 noderoles. */
const DRAWN_NODES = 100;
const UPDATES_PER_S = 200;
const UPDATES_S = 10;
/** Events are written so many times a second, in groups. */
const WRITES_PER_S = 10;
const CHROMIUM = '/usr/bin/chromium';
const PASSWORD = 'correct horse battery';
const SHOWN_MS_MAX = 60_000;
const FILTERS = ['09', '017', '0042'];

export const uiBench: Bench = {
  name: 'ui',
  says: 'the web interface before 10,000 nodes and 200,000 noderoles (--nodes N, --seconds N)',
  rounds: 3,
  async round(args, progress): Promise<BenchResult> {
    if (!existsSync(CHROMIUM)) throw new Error('there is no browser: install the Debian package chromium');
    const given = (name: string, otherwise: number): number => {
      const at = args.indexOf(`--${name}`);
      return at < 0 ? otherwise : Number(args[at + 1]);
    };
    const nodes = given('nodes', NODES);
    const seconds = given('seconds', UPDATES_S);
    const built = spawnSync(process.execPath, [join(CHECKOUT, 'scripts/web.mjs')], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (built.status !== 0) throw new Error('the web interface cannot be built');
    const site = await startSite(nodes, progress);
    try {
      const { page } = site;
      const drawn = Math.min(nodes - 1, DRAWN_NODES) * ROLES_PER_NODE;
      const firstLoadKb = await firstLoad(page, site.url);
      progress(`first load: ${firstLoadKb.toFixed(0)} KB gzip`);
      const tableS = await timeOf(async () => {
        await page.goto(`${site.url}/nodes`, { waitUntil: 'commit' });
        await page.getByRole('row').nth(20).waitFor({ timeout: SHOWN_MS_MAX });
        await page.getByLabel('Filter').focus();
      });
      progress(`table: ${tableS.toFixed(2)} s`);
      const filterMs = await filterTimes(page);
      progress(`filter: ${filterMs.toFixed(0)} ms`);
      const longestMs = await longestTask(page, site, seconds);
      progress(`longest task at ${UPDATES_PER_S} updates/s: ${longestMs.toFixed(0)} ms`);
      const graphS = await graphTime(page, site.url, drawn);
      progress(`graph: ${graphS.toFixed(2)} s`);
      return {
        metrics: {
          table_s: tableS,
          filter_ms: filterMs,
          longest_task_ms: longestMs,
          graph_2000_s: graphS,
          first_load_gzip_kb: firstLoadKb,
        },
        settings: {
          nodes,
          node_roles: nodes * ROLES_PER_NODE,
          drawn_node_roles: drawn,
          updates_per_s: UPDATES_PER_S,
          seconds,
        },
      };
    } finally {
      await site.stop();
    }
  },
};

interface BenchSite {
  readonly url: string;
  readonly server: Server;
  readonly page: Page;
  readonly nodeIds: readonly string[];
  stop(): Promise<void>;
}

/** A server on a database with so many nodes, and a browser that has signed in. */
const startSite = async (nodes: number, progress: (line: string) => void): Promise<BenchSite> => {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of undo.splice(0).reverse()) await each();
  };
  try {
    const services = await startTestServices();
    undo.push(() => services.stop());
    const database = await freshDatabase('bench_ui');
    undo.push(() => database.drop());
    const dataSource = await openDatabase({ url: database.url, applicationName: 'anneal bench' });
    undo.push(() => dataSource.destroy());
    await writeGraph(dataSource, { nodes, rolesPerNode: ROLES_PER_NODE, jig: 'noop', crossRoles: [0, 10] });
    const [drawn] = (await dataSource.query(
      `INSERT INTO deployments (id, name, system, state, parent_id)
       SELECT gen_random_uuid(), 'drawn', false, 'proposed', id FROM deployments WHERE system RETURNING id`,
    )) as [{ id: string }];
    await dataSource.query(
      `INSERT INTO deployment_roles (id, deployment_id, role_id) SELECT gen_random_uuid(), $1, id FROM roles`,
      [drawn.id],
    );
    await dataSource.query(
      // Not the first: it is the one that all others stand on.
      `WITH few AS (UPDATE nodes SET deployment_id = $1 WHERE id IN (SELECT id FROM nodes ORDER BY name LIMIT $2 OFFSET 1) RETURNING id)
       UPDATE node_roles SET deployment_id = $1 WHERE node_id IN (SELECT id FROM few)`,
      [drawn.id, DRAWN_NODES],
    );
    await dataSource.query('ANALYZE');
    const ids = (await dataSource.query('SELECT id FROM nodes ORDER BY name LIMIT 1000')) as { id: string }[];
    progress(`${nodes} nodes with ${nodes * ROLES_PER_NODE} noderoles are there`);

    const home = mkdtempSync(join(tmpdir(), 'anneal-bench-ui-'));
    undo.push(() => rmSync(home, { recursive: true, force: true }));
    const server = await createServer({ databaseUrl: database.url, home, web: join(CHECKOUT, 'dist', 'web') });
    undo.push(() => server.stop());
    const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
    const made = await fetch(`${url}/api/v2/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.hostToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'bench', display: 'bench', role: 'admin', password: PASSWORD }),
    });
    if (!made.ok) throw new Error(await made.text());
    const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    undo.push(() => browser.close());
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(SHOWN_MS_MAX);
    const session = await page.request.post(`${url}/api/v2/sessions`, { data: { name: 'bench', password: PASSWORD } });
    if (!session.ok()) throw new Error(await session.text());
    return { url, server, page, nodeIds: ids.map(({ id }) => id), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
};

/** Bytes on the wire of everything that is not data and comes before the first page is seen, as the server packs it. */
const firstLoad = async (page: Page, url: string): Promise<number> => {
  const loaded: Request[] = [];
  const note = (request: Request): void => void (request.url().includes('/api/') ? null : loaded.push(request));
  page.on('requestfinished', note);
  await page.goto(`${url}/annealer`);
  await page.getByTestId('count-active').waitFor();
  page.off('requestfinished', note);
  const sizes = await Promise.all(loaded.map((request) => request.sizes()));
  return sizes.reduce((sum, { responseBodySize: size }) => sum + size, 0) / 1_000;
};

/** Runs in the page: types into the filter, and gives the milliseconds until every row that is shown fits. */
const TYPE_AND_WAIT = `async (typed) => {
  const input = document.querySelector('main input[type=text], main input:not([type])');
  if (!input) throw new Error('there is no filter');
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const begun = performance.now();
  set.call(input, typed);
  input.dispatchEvent(new Event('input', { bubbles: true }));
  for (;;) {
    const names = [...document.querySelectorAll('tbody tr a')].map(({ textContent }) => textContent ?? '');
    if (names.length > 0 && names.every((name) => name.includes(typed))) return performance.now() - begun;
    if (performance.now() - begun > 20000) throw new Error('nothing fits ' + typed);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}`;

/** Runs in the page: keeps the longest task, in milliseconds, in `longest`. */
const NOTE_LONG_TASKS = `
  globalThis.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
  }).observe({ entryTypes: ['longtask'] });`;

/** From the last letter to the first row that fits, for the middle one of several searches. */
const filterTimes = async (page: Page): Promise<number> => {
  const times: number[] = [];
  for (const text of FILTERS) {
    const field = page.getByLabel('Filter');
    await field.fill('');
    await page.getByRole('row').nth(20).waitFor();
    times.push(await page.evaluate<number>(`(${TYPE_AND_WAIT})(${JSON.stringify(text)})`));
  }
  return times.sort((a, b) => a - b)[times.length >> 1] as number;
};

/** The longest task of the page while so many events a second are told of nodes that it shows; 0 when none is over 50 ms. */
const longestTask = async (page: Page, site: BenchSite, seconds: number): Promise<number> => {
  await page.getByLabel('Filter').fill('');
  await page.getByRole('row').nth(20).waitFor();
  await page.evaluate(NOTE_LONG_TASKS);
  let read = 0;
  const count = (request: { url(): string }): void => void (read += request.url().includes('/api/v2/nodes?') ? 1 : 0);
  page.on('request', count);
  const each = UPDATES_PER_S / WRITES_PER_S;
  let at = 0;
  await new Promise<void>((resolve, reject) => {
    const end = performance.now() + seconds * 1_000;
    const timer = setInterval(() => {
      if (performance.now() > end) {
        clearInterval(timer);
        resolve();
        return;
      }
      void site.server.assembly.unitOfWork
        .write('bench', async (tx) => {
          for (let told = 0; told < each; told += 1) {
            const nodeId = idOf<NodeId>(site.nodeIds[(at += 1) % site.nodeIds.length] as string);
            tx.tell({ kind: 'node.changed', nodeId, data: { fields: ['bench'] } });
          }
          return null;
        })
        .catch((error: unknown) => {
          clearInterval(timer);
          reject(error as Error);
        });
    }, 1_000 / WRITES_PER_S);
  });
  page.off('request', count);
  if (read === 0) throw new Error('the page has not heard of any of the updates');
  return page.evaluate(() => (globalThis as unknown as { longest: number }).longest);
};

/** From opening the address to the roles, and on to every single box of so many noderoles. */
const graphTime = (page: Page, url: string, boxes: number): Promise<number> =>
  timeOf(async () => {
    await page.goto(`${url}/deployments/drawn?tab=graph`, { waitUntil: 'commit' });
    await page.locator('.react-flow__node').first().waitFor();
    await page.getByRole('radiogroup', { name: 'Draw together' }).getByText('Each').click();
    await page.waitForFunction(`document.querySelectorAll('.react-flow__node').length >= ${boxes}`);
  });
