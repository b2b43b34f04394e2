import { createHash } from 'node:crypto';
import { historyLines, playFleet, type FleetSite } from '#testkit';
import type { Bench, BenchResult } from './bench.js';

const NODES = 1_000;
const SEED = 1;
/**
 * How many installs and other runs go on at once, at the least, and for how many machines there is one more. Who has more
 * machines lets more go on: with ten thousand that wait in a line of a hundred, it is waiting that is played, for hours.
 */
const INSTALLS_AT_ONCE = { least: 100, machinesForOne: 10 };
const RUNS_AT_ONCE = { least: 10, machinesForOne: 100 };
const atOnce = ({ least, machinesForOne }: typeof RUNS_AT_ONCE, nodes: number): number =>
  Math.max(least, Math.ceil(nodes / machinesForOne));

/** What this process has used of a processor, in milliseconds: on a busy machine it says more than the time on the wall. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Adds up how long the product's own code takes, over rows in memory; the rest is the machines and their probes. */
const timed = (site: FleetSite, spent: { ms: number; processorMs: number }): void => {
  const calls = site as unknown as Record<string, (...given: unknown[]) => unknown>;
  for (const name of ['turn', 'boot', 'enrol', 'fetchOrder', 'progress', 'finish', 'join']) {
    const call = calls[name]!.bind(site);
    calls[name] = (...given) => {
      const [began, beganProcessor] = [performance.now(), processorMs()];
      const add = (): void => {
        spent.ms += performance.now() - began;
        spent.processorMs += processorMs() - beganProcessor;
      };
      const answer = call(...given);
      if (answer instanceof Promise) return answer.finally(add);
      add();
      return answer;
    };
  }
};

/** Machines on a virtual clock from power-on to ACTIVE, with lost packets and power that fails, in this process. */
export const fleetBench: Bench = {
  name: 'fleet',
  says: 'simulated machines from power-on to ACTIVE, in memory (--nodes N, --seed N, --installs-at-once N, --runs-at-once N)',
  rounds: 1,
  async round(args, progress): Promise<BenchResult> {
    const given = (name: string, otherwise: number): number => {
      const at = args.indexOf(`--${name}`);
      return at < 0 ? otherwise : Number(args[at + 1]);
    };
    const [nodes, seed] = [given('nodes', NODES), given('seed', SEED)];
    const installsAtOnce = given('installs-at-once', atOnce(INSTALLS_AT_ONCE, nodes));
    const runsAtOnce = given('runs-at-once', atOnce(RUNS_AT_ONCE, nodes));
    const spent = { ms: 0, processorMs: 0 };
    const [began, beganProcessor] = [performance.now(), processorMs()];
    const played = await playFleet({
      ...{ nodes, seed, installsAtOnce, runsAtOnce, faults: true },
      watch: (site) => timed(site, spent),
    });
    const wall = (performance.now() - began) / 1_000;
    const processor = (processorMs() - beganProcessor) / 1_000;
    const hash = createHash('sha256');
    for (const line of historyLines(played.site)) hash.update(line);
    const told = { events: played.site.rows.events.length, retries: played.retries };
    const digest = hash.digest('hex');
    progress(`${nodes} machines, seed ${seed}: history ${digest}`);
    return {
      metrics: {
        wall_s: wall,
        product_s: spent.ms / 1_000,
        product_per_node_ms: spent.ms / nodes,
        processor_s: processor,
        product_processor_s: spent.processorMs / 1_000,
        virtual_active_s: played.activeSeconds,
      },
      settings: {
        ...{ nodes, seed, installs_at_once_max: installsAtOnce, runs_at_once_max: runsAtOnce, faults: true },
        ...{ history_sha256: digest, ...told },
      },
    };
  },
};
