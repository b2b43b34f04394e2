import { perfdhcp, type Exchanges } from '../lab/dhcp4/perfdhcp.js';
import { Wires } from '../lab/dhcp4/wire.js';
import type { Bench, BenchResult } from './bench.js';
import { measureDhcp6 } from './dhcp6.js';
import { dnsmasq, keaMemfile, keaPostgres, ours, type StartPeer } from './dhcp4/peers.js';

/**
 * DHCP by our own server, whose leases are durable before they are told, and by its peers: the exchanges of four messages
 * that each stands per second, over the same wire, with an empty store for every step.
 */

/** What may be lost, of both pairs of messages. */
const LOST_MAX = 0.025;
const SECONDS = 4;
const STEPS = 6;
const STEP = 1.35;
/** New stores and cold code make the first seconds slow; they are not what is measured. */
const WARM_UP = { rate: 300, seconds: 2 };
/** How much more than it stands a server is offered, to see that it does not break down. */
const FLOOD = 10;
/** Where the search begins, in exchanges per second; reference figures on two cores. */
const FIRST = { ours: 6_000, kea_memfile: 6_000, kea_pgsql: 1_000, kea_pgsql_threads: 1_000, dnsmasq: 350 } as const;

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

export const measureDhcp4 = async (
  progress: (line: string) => void,
  only: readonly string[] = Object.keys(FIRST),
): Promise<BenchResult> => {
  const wires = new Wires();
  const undo: (() => Promise<void>)[] = [() => wires.close()];
  try {
    for (const host of ['server', 'client']) await wires.host(host);
    await wires.wire(['server', 's0', '10.0.0.1/8'], ['client', 'c0', '10.0.0.2/8']);
    const step = async (start: StartPeer, rate: number): Promise<Exchanges> => {
      const end = await start();
      try {
        await perfdhcp(wires, 'client', { interface: 'c0', ...WARM_UP });
        return await perfdhcp(wires, 'client', { interface: 'c0', rate, seconds: SECONDS });
      } finally {
        await end();
      }
    };
    const search = async (name: keyof typeof FIRST, start: StartPeer): Promise<number> => {
      let done = 0;
      let passed = 0;
      let failed = Number.POSITIVE_INFINITY;
      let next: number = FIRST[name];
      for (let count = 0; count < STEPS && next > 0; count += 1) {
        const seen = await step(start, next);
        const [discover, request] = seen.dropped;
        const perSecond = seen.received[1] / SECONDS;
        progress(
          `${name} offered ${next}/s: ${perSecond.toFixed(0)}/s done, ${percent(discover)} and ${percent(request)} lost`,
        );
        if (discover <= LOST_MAX && request <= LOST_MAX) {
          passed = next;
          done = Math.max(done, perSecond);
        } else failed = next;
        next = Math.round(Number.isFinite(failed) ? (passed + failed) / 2 : passed * STEP);
      }
      return done;
    };

    const metrics: Record<string, number> = {};
    const measure = async (name: keyof typeof FIRST, start: StartPeer): Promise<void> => {
      if (only.includes(name)) metrics[`${name}_per_s`] = await search(name, start);
    };
    await measure('ours', ours(wires));
    await measure('kea_memfile', keaMemfile(wires));
    if (only.includes('kea_pgsql') || only.includes('kea_pgsql_threads')) {
      const postgres = await keaPostgres(wires);
      undo.push(postgres.close);
      await measure('kea_pgsql', postgres.start);
      await measure('kea_pgsql_threads', postgres.startThreaded);
    }
    await measure('dnsmasq', dnsmasq(wires));

    const settings: Record<string, unknown> = { lost_max: LOST_MAX, step_seconds: SECONDS };
    if (metrics['ours_per_s'] !== undefined) {
      const flood = await step(ours(wires), FLOOD * Math.round(metrics['ours_per_s']));
      settings['flood_offered_per_s'] = Math.round(flood.sent[0] / SECONDS);
      settings['flood_done_per_s'] = Math.round(flood.received[1] / SECONDS);
      progress(
        `ours offered ${String(settings['flood_offered_per_s'])}/s: ${String(settings['flood_done_per_s'])}/s done`,
      );
    }
    return { metrics, settings };
  } finally {
    for (const each of undo.reverse()) await each();
  }
};

export const dhcpBench: Bench = {
  name: 'dhcp',
  says: 'exchanges of DHCP per second at 2.5 % drops, against Kea and dnsmasq (needs root)',
  rounds: 3,
  async round(args, progress): Promise<BenchResult> {
    // `-- dhcp ours kea_memfile` measures these alone.
    if (args.length > 0) return measureDhcp4(progress, args);
    const four = await measureDhcp4(progress);
    const six = await measureDhcp6(progress);
    return { metrics: { ...four.metrics, ...six.metrics }, settings: { ...four.settings, ...six.settings } };
  },
};
