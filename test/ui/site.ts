import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { CHECKOUT } from '#runtime';
import { callerOf, type Caller } from '../e2e/rest/running-server.js';
import { upHere, type UpHere } from '../e2e/cli/up.js';
import { wireTo, type Wire } from './wire.js';

/** A whole installation and a browser that looks at it: server, worker, queue and database as `anneal up` runs them. */
export interface Site {
  readonly url: string;
  /** The way from browsers to the server. */
  readonly wire: Wire;
  readonly admin: Caller;
  /** A page of somebody who is signed in. */
  open(path: string, options?: { role?: 'admin' | 'viewer'; scheme?: 'light' | 'dark' }): Promise<Page>;
  /** A page of somebody whom nobody knows. */
  stranger(): Promise<Page>;
  /** The code for the first administrator. */
  readonly code: string;
  stop(): Promise<void>;
}

/** Where Debian puts its browser. */
export const CHROMIUM = '/usr/bin/chromium';
export const hasBrowser = existsSync(CHROMIUM);
/** Pictures of pages, kept for people to look at. */
const PICTURES = join(CHECKOUT, '.cache', 'ui');
export const PASSWORD = 'correct horse battery';
/** How long a page may take to show what a test looks for, in milliseconds; the machine may be busy. */
const LOOK_MS = 30_000;
const VIEWPORT = { width: 1280, height: 800 };

export const picture = (name: string): string => {
  mkdirSync(PICTURES, { recursive: true });
  return join(PICTURES, `${name}.png`);
};

/** Runs in the page: pictures that could not be loaded. */
const NOT_LOADED = `[...document.images].filter((each) => each.complete && each.naturalWidth === 0).map(({ src }) => src)`;

/**
 * What is wrong with what a page shows: serious faults of accessibility, each with the first place where it is (of `rules`
 * alone if given), and pictures that are not there.
 */
export const faultsOf = async (page: Page, rules?: readonly string[]): Promise<string[]> => {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const notLoaded = (await page.evaluate(NOT_LOADED)) as string[];
  return [
    ...serious.map(({ id, nodes }) => `${id} ${nodes[0]?.html.slice(0, 160)}`),
    ...notLoaded.map((src) => `picture ${src} is not there`),
  ];
};

/** How long an installation is looked at, at most, in milliseconds: every tab of every page takes minutes. */
const UP_MS_MAX = 1_200_000;

export const startSite = async (name: string): Promise<Site> => {
  const up: UpHere = await upHere(name, { shipped: true, withinMs: UP_MS_MAX });
  let browser: Browser | null = null;
  const contexts: BrowserContext[] = [];
  try {
    const url = /http:\/\/\S+/.exec(up.said.find((line) => line.startsWith('Anneal is up')) ?? '')?.[0] ?? '';
    const code = /[A-Z0-9]{4}(-[A-Z0-9]{4})+/.exec(up.said.at(-1) ?? '')?.[0] ?? '';
    const token = (await up.anneal(['tokens', 'create', 'ui', '-o', 'json'])).out;
    const admin = callerOf(url, (JSON.parse(token) as { secret: string }).secret);
    const wire = await wireTo(url);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const launched = browser;
    const blank = async (scheme: 'light' | 'dark' = 'light'): Promise<Page> => {
      const context = await launched.newContext({
        viewport: VIEWPORT,
        colorScheme: scheme,
        baseURL: wire.url,
        // A picture is of what is there, not of what fades.
        reducedMotion: 'reduce',
      });
      context.setDefaultTimeout(LOOK_MS);
      contexts.push(context);
      return context.newPage();
    };
    return {
      url,
      wire,
      admin,
      code,
      stranger: () => blank(),
      open: async (path, { role = 'admin', scheme = 'light' } = {}) => {
        const name = `ui-${role}`;
        await admin('POST', 'users', { body: { name, display: name, role, password: PASSWORD } });
        const page = await blank(scheme);
        const session = await page.request.post('/api/v2/sessions', { data: { name, password: PASSWORD } });
        if (!session.ok()) throw new Error(`cannot sign in as ${name}: ${await session.text()}`);
        await page.goto(path);
        return page;
      },
      stop: async () => {
        for (const context of contexts) await context.close();
        await launched.close();
        await wire.close();
        await up.stop();
      },
    };
  } catch (error) {
    await browser?.close();
    await up.stop();
    throw error;
  }
};
