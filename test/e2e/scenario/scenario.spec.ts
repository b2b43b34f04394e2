import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { CHECKOUT } from '#runtime';
import { runScript } from '#testkit';
import { RestDriver } from './rest-driver.js';

/**
 * Plays the scripts of test/scenario on the running product: a server, a worker and their database each, driven through
 * REST. What is printed must be what the world in memory prints.
 */
const folder = join(CHECKOUT, 'test', 'scenario');
const scripts = readdirSync(join(folder, 'input'))
  .filter((name) => name.endsWith('.txt'))
  .sort();

// Side by side: much of their time is spent waiting, some of it for pauses that the product makes.
describe.concurrent('through REST, the scenario', () => {
  it.for(scripts)('%s', async (name, { expect }) => {
    const driver = await RestDriver.open(`scenario ${name.slice(0, 3)}`);
    try {
      const { output, failures } = await runScript(readFileSync(join(folder, 'input', name), 'utf8'), driver);
      expect(failures).toEqual([]);
      expect(output).toBe(readFileSync(join(folder, 'output', name), 'utf8'));
    } finally {
      await driver.close();
    }
  });
});
