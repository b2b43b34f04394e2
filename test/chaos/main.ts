import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { passed, printReport, reportOf } from './report.js';
import { storm, type StormOptions } from './storm.js';

/**
 * `npm run test:chaos`: lets a seeded driver kill, pause and wipe whatever an installation consists of while it works, and
 * then has a checker that knows nothing of the engine read the whole history. Ends with 1 when a promise was broken.
 *
 * Options: --short (a storm for every change: a minute and a half), --seed N, --faults N, --runs N, --workers N, --servers N,
 * --postgres-queue (no Redis), --json FILE, --keep (leaves the logs of the processes).
 */

/** What a release has to stand. The limits are those of an installation; pauses outlive each of them. */
const FULL: Omit<StormOptions, 'seed'> = {
  faults: 320,
  runs: 20_500,
  nodes: 1_000,
  workers: 5,
  servers: 2,
  cap: 60,
  workMs: 250,
  faultEveryMs: 1_800,
  actEveryMs: 700,
  pauseMs: { long: [11_000, 15_000], nearly: [7_000, 10_500] },
  pausedMax: 2,
  redis: true,
  hasty: false,
  settleMsMax: 300_000,
};

/** What every change has to stand: the same with shorter limits, so that as much happens in less time. */
const SHORT: Omit<StormOptions, 'seed'> = {
  ...FULL,
  faults: 30,
  runs: 2_000,
  nodes: 150,
  workers: 3,
  servers: 1,
  cap: 40,
  workMs: 150,
  faultEveryMs: 1_100,
  actEveryMs: 400,
  pauseMs: { long: [3_500, 5_000], nearly: [2_000, 3_300] },
  pausedMax: 1,
  hasty: true,
  settleMsMax: 120_000,
};

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string' },
    faults: { type: 'string' },
    runs: { type: 'string' },
    workers: { type: 'string' },
    servers: { type: 'string' },
    nodes: { type: 'string' },
    'postgres-queue': { type: 'boolean', default: false },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const number = (text: string | undefined, otherwise: number): number => {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`"${text}" is not a whole number`);
  return value;
};

const plan = values.short ? SHORT : FULL;
const options: StormOptions = {
  ...plan,
  seed: number(values.seed, Date.now() % 1_000_000),
  faults: number(values.faults, plan.faults),
  runs: number(values.runs, plan.runs),
  workers: number(values.workers, plan.workers),
  servers: number(values.servers, plan.servers),
  nodes: number(values.nodes, plan.nodes),
  redis: !values['postgres-queue'],
};

console.log(`chaos with seed ${options.seed}: at least ${options.faults} faults over ${options.runs} runs`);
const left = await storm(options, (line) => console.error(line));
const report = reportOf(left);
console.log(printReport(report));
if (values.json) {
  const { metrics, ...rest } = report;
  writeFileSync(
    values.json,
    `${JSON.stringify({ bench: 'chaos', at: new Date().toISOString(), metrics, settings: options, ...rest }, null, 2)}\n`,
  );
}
if (passed(report) && !values.keep) left.remove();
else console.log(`the logs are in ${left.folder}`);
process.exitCode = passed(report) ? 0 : 1;
