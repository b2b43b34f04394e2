import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { CHECKOUT } from '#runtime';
import { PASSWORD, type Site } from './site.js';

/** The recorded walk: pictures and the words to them, for docs/walk.md. */
const FOLDER = join(CHECKOUT, 'docs', 'walk');
const PAGE = join(CHECKOUT, 'docs', 'walk.md');

const HEAD = `# From the first start to the first machine

Recorded by \`ANNEAL_WALK=yes node scripts/test.mjs ui test/ui/walk.spec.ts\`, which drives the interface with a browser and
takes the pictures. The machine is simulated, so no system is put on a disk; everything else is what \`anneal up\` runs. The words are those of the screen.
`;

export class Walk {
  private step = 0;

  constructor(
    private readonly site: Site,
    private readonly isKept: boolean,
  ) {
    if (!isKept) return;
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(PAGE, HEAD);
  }

  /** What is seen now, with what somebody does about it. */
  async see(page: Page, title: string, says: string): Promise<void> {
    this.step += 1;
    if (!this.isKept) return;
    const name = `${String(this.step).padStart(2, '0')}-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.png`;
    await page.screenshot({ path: join(FOLDER, name) });
    appendFileSync(PAGE, `\n## ${this.step}. ${title}\n\n${says}\n\n![${title}](walk/${name})\n`);
  }

  /** A person in front of a fresh installation. */
  async stranger(): Promise<Page> {
    const page = await this.site.stranger();
    await page.goto('/');
    return page;
  }

  async becomeAdministrator(page: Page): Promise<void> {
    await page.getByRole('textbox', { name: 'One-time code' }).fill(this.site.code);
    await page.locator('input[type=password]').nth(0).fill(PASSWORD);
    await page.locator('input[type=password]').nth(1).fill(PASSWORD);
  }
}
