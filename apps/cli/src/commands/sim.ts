import { leaf, type Declare } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { nameOf, readBytes } from '../command/read-file.js';
import { EXIT } from '../exit.js';

/** Longest script that is played, in bytes. */
const SCRIPT_BYTES_MAX = 1024 * 1024;

/**
 * `anneal sim`: plays scenario scripts on the annealer in memory, with a clock that stands still. Nothing is contacted and
 * nothing is kept: it is the quickest way to ask "what would it do if".
 */
export const declare: Declare = (program, terminal) => {
  leaf<{ seed: string; verbs?: boolean }>(program, terminal, {
    usage: 'sim [file...]',
    summary: 'play a scenario in memory',
    says: 'Prints each line of the script with what followed from it. Exit code 1 when an expectation of the script was not met. - reads stdin.',
    options: [
      ['--seed <number>', 'the chance that orders what is equal', '1'],
      ['--verbs', 'list what a script may say'],
    ],
    examples: ['anneal sim test/scenario/input/w01.txt', 'anneal sim --verbs'],
    run: async ({ printer, progress, terminal: { stdin, signal } }, [files], options) => {
      const { MemoryDriver, runScript, VERBS } = await import('#testkit');
      if (options.verbs) return printer.table(Object.values(VERBS), [{ field: 'usage' }, { field: 'says' }]);
      const seed = parseCount(options.seed, '--seed', { min: 0, max: 2_147_483_647 });
      const paths = (files as readonly string[]).length > 0 ? (files as readonly string[]) : ['-'];
      const results: Record<string, unknown>[] = [];
      for (const path of paths) {
        const script = (await readBytes(path, { stdin, signal })).subarray(0, SCRIPT_BYTES_MAX).toString('utf8');
        const driver = new MemoryDriver({ seed });
        try {
          results.push({ file: nameOf(path), ...(await runScript(script, driver)) });
        } finally {
          await driver.close();
        }
        const { output, failures } = results.at(-1) as { output: string; failures: readonly string[] };
        if (!printer.isData) printer.say(output.trimEnd());
        for (const failure of failures) progress.warn(`${nameOf(path)}: ${failure}`);
      }
      if (printer.isData) await printer.document(results);
      return results.some(({ failures }) => (failures as readonly string[]).length > 0) ? EXIT.failed : EXIT.ok;
    },
  });
};
