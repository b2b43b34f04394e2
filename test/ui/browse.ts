import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { createServer } from '../../apps/server/src/server.js';
import { ServerLog } from '../../apps/server/src/server-log.js';
import { CHECKOUT } from '#runtime';
import type { RunningServer } from '../e2e/rest/running-server.js';
import { CHROMIUM, PASSWORD } from './site.js';

/** Where scripts/web.mjs puts the interface. */
const WEB = join(CHECKOUT, 'dist', 'web');
/** How long a page may take to show what a test looks for, in milliseconds; the machine may be busy. */
const LOOK_MS = 30_000;
const VIEWPORT = { width: 1280, height: 800 };

/** A browser, and a server that has the interface, over the database of a server that a test has already. */
export interface Browsing {
  /** A page of somebody who is signed in. What it did not catch is in `faults`. */
  open(path: string, options?: { role?: 'admin' | 'viewer'; scheme?: 'light' | 'dark' }): Promise<Page>;
  /** Errors of pages, and what they asked the person with a dialog: nothing of ours does. */
  readonly faults: string[];
  /** Of the server that has the interface. */
  readonly url: string;
  stop(): Promise<void>;
}

/** `more` is what the server with the interface is given beside it. */
export const browse = async (
  running: RunningServer,
  more: Partial<Parameters<typeof createServer>[0]> = {},
): Promise<Browsing> => {
  if (!existsSync(join(WEB, 'index.html'))) throw new Error('there is no interface: node scripts/web.mjs');
  // A copy: whoever builds beside a test takes the files of the build before away.
  const web = mkdtempSync(join(tmpdir(), 'anneal-ui-'));
  cpSync(WEB, web, { recursive: true });
  const faults: string[] = [];
  const server = await createServer({
    databaseUrl: running.databaseUrl,
    home: running.home,
    web,
    log: new ServerLog({ level: 'error', stream: { write: (line: string) => void faults.push(line) } }),
    ...more,
  });
  let browser: Browser | null = null;
  const contexts: BrowserContext[] = [];
  const stop = async (): Promise<void> => {
    for (const context of contexts) await context.close();
    await browser?.close();
    await server.stop();
    rmSync(web, { recursive: true, force: true });
  };
  try {
    const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
    const launched = (browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] }));
    return {
      faults,
      url,
      open: async (path, { role = 'admin', scheme = 'light' } = {}) => {
        const user = `ui-${role}`;
        await running.as.admin('POST', 'users', { body: { name: user, display: user, role, password: PASSWORD } });
        const context = await launched.newContext({ viewport: VIEWPORT, colorScheme: scheme, baseURL: url });
        await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
        context.setDefaultTimeout(LOOK_MS);
        contexts.push(context);
        const page = await context.newPage();
        page.on('pageerror', (error) => faults.push(`${path}: ${error.message}`));
        page.on('dialog', (dialog) => {
          faults.push(`${path}: ${dialog.message()}`);
          void dialog.dismiss();
        });
        const session = await page.request.post('/api/v2/sessions', { data: { name: user, password: PASSWORD } });
        if (!session.ok()) throw new Error(`cannot sign in as ${user}: ${await session.text()}`);
        await page.goto(path);
        return page;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
