import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { CHECKOUT } from '#runtime';

/** Pictures of a walk through the pages and the words to them: docs/walk.md. */
const FOLDER = join(CHECKOUT, 'docs', 'walk');
const PAGE = join(CHECKOUT, 'docs', 'walk.md');

/** Every picture is kept, or none: a test run leaves the tree as it is. */
export class Walk {
  private step = 0;

  private constructor(private readonly isKept: boolean) {}

  static unrecorded(): Walk {
    return new Walk(false);
  }

  /** Begins docs/walk.md anew with these words. */
  static recorded(head: string): Walk {
    mkdirSync(FOLDER, { recursive: true });
    for (const old of readdirSync(FOLDER)) if (old.endsWith('.png')) rmSync(join(FOLDER, old));
    writeFileSync(PAGE, head);
    return new Walk(true);
  }

  /** What is seen now, with what somebody does about it. */
  async see(page: Page, title: string, says: string): Promise<void> {
    this.step += 1;
    if (!this.isKept) return;
    const name = `${String(this.step).padStart(2, '0')}-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.png`;
    await page.screenshot({ path: join(FOLDER, name) });
    appendFileSync(PAGE, `\n## ${this.step}. ${title}\n\n${says}\n\n![${title}](walk/${name})\n`);
  }
}
