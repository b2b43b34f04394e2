import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { CopiedTree } from './copied-tree.js';
import type { Guard } from './guard.js';
import { GUARDS } from './list.js';
import { Trial, type Verdict } from './trial.js';

/**
 * `npm run test:guards [-- R7 R8 …]`: takes each guard of the races R1–R38 out of a copy of the sources, one at a time, and
 * runs the test that is for it, which has to pass with the guard and to fail without. Ends with 1 when a test did not notice,
 * or when nothing could be said. A test that cannot run here (SSH power wants root) is said so and counts for nothing.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((race) => !GUARDS.some((guard) => guard.race === race));
if (unknown.length > 0) throw new Error(`no race is called ${unknown.join(', ')}: there are R1 to R38`);
const chosen = GUARDS.filter(({ race }) => positionals.length === 0 || positionals.includes(race));

const tree = new CopiedTree();
const trials = new Map<string, Trial>();
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (stopped = true));

/** Specs under test/NAME are those of the project NAME; its services are started when the first of them is run. */
const trialOf = async ({ spec }: Guard): Promise<Trial> => {
  const project = spec.split('/')[1]!;
  const trial = trials.get(project) ?? (await Trial.open(tree, project));
  trials.set(project, trial);
  return trial;
};

const [SEEN, NOT_HERE] = ['fails without it', 'not run here'];
const wordsOf = (before: Verdict, after: Verdict): readonly [verdict: string, says: string] => {
  if (before.kind === 'skipped') return [NOT_HERE, 'the test was skipped'];
  if (before.kind !== 'passed') return ['FAILS WITH IT', 'says' in before ? before.says : ''];
  if (after.kind === 'failed') return [SEEN, after.says];
  return after.kind === 'passed' ? ['SURVIVED', 'the test passes without it'] : ['UNCLEAR', 'says' in after ? after.says : ''];
};

const rows: (readonly [race: string, keeps: string, file: string, verdict: string, says: string])[] = [];
const passes = new Map<string, Verdict>();
try {
  for (const guard of chosen) {
    if (stopped) break;
    const trial = await trialOf(guard);
    const name = `${guard.spec} ${guard.test}`;
    const before = passes.get(name) ?? (await trial.asTheyAre(guard));
    passes.set(name, before);
    const after = before.kind === 'passed' ? await trial.without(guard) : before;
    const [verdict, says] = wordsOf(before, after);
    rows.push([guard.race, guard.keeps, guard.file, verdict, says]);
    process.stderr.write(`${guard.race.padEnd(4)} ${verdict.padEnd(17)} ${guard.keeps}\n`);
  }
} finally {
  for (const trial of trials.values()) await trial.close();
  tree.remove();
}

const table = new Table({ head: ['race', 'guard', 'taken out of', 'its test', 'which says'], style: { head: [], border: [], compact: true }, wordWrap: true, colWidths: [6, 44, 34, 18, 60] });
table.push(...rows.map((row) => [...row]));
const wrong = rows.filter(([, , , verdict]) => verdict !== SEEN && verdict !== NOT_HERE);
const elsewhere = rows.filter(([, , , verdict]) => verdict === NOT_HERE);
process.stdout.write(`${table.toString()}\n`);
process.stdout.write(
  `${rows.length - wrong.length - elsewhere.length} guards of ${new Set(rows.map(([race]) => race)).size} races are needed, ${wrong.length} not seen to be, ${elsewhere.length} not run here\n`,
);
process.exitCode = wrong.length > 0 || stopped ? 1 : 0;
