import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkOf6 } from '#testkit';
import { Namespaces } from '../lab/dhcp6/namespaces.js';
import { Served } from '../lab/dhcp6/served.js';
import type { Bench, BenchResult } from './bench.js';
import { startKea6 } from './dhcp6/kea.js';
import { offerExchanges, type Exchanges } from './dhcp6/perfdhcp.js';

/**
 * DHCPv6 by our own server, whose leases are durable before they are told, and by Kea with its leases in a file: the
 * exchanges of four messages that each stands per second, over the same wire, with a fresh store for every step.
 */

const SUBNET = 'fd00:77:0:1::/64';
const POOL = { name: 'dhcp', first: 'fd00:77:0:1::1:0', last: 'fd00:77:0:1::ffff:ffff' };
/** What may be lost, of both pairs of messages, in per cent. */
const LOST_PERCENT_MAX = 2.5;
const FIRST_PER_SECOND = 6_000;
const STEP = 1.35;
const STEPS = 6;
const SECONDS = 5;
/** New stores and cold code make the first seconds slow; they are not what is measured. */
const WARM_UP = { perSecond: 200, seconds: 2 };
/** How much more than a server stands it is offered, to see that it does not break down. */
const FLOOD = 10;

const passes = ({ lostPercent }: Exchanges): boolean =>
  lostPercent.solicit <= LOST_PERCENT_MAX && lostPercent.request <= LOST_PERCENT_MAX;

type Start = () => Promise<() => Promise<void>>;

export const measureDhcp6 = async (progress: (line: string) => void): Promise<BenchResult> => {
  const net = new Namespaces(`an6b-${process.pid}`);
  try {
    for (const name of ['server', 'client']) await net.add(name);
    await net.wire('server/s0', 'client/c0', ['52:54:00:77:00:f0', '52:54:00:77:00:f1']);
    await net.run('server', 'ip', ['-6', 'address', 'add', 'fd00:77:0:1::1/64', 'dev', 's0', 'nodad']);
    const ours: Start = async () => {
      const served = new Served(net, 'server', {
        interfaces: [{ name: 's0', link: 'admin' }],
        networks: [networkOf6({ subnets: [{ family: 6, cidr: SUBNET, pools: [POOL], routes: [] }] })],
        machines: [],
        advertise: false,
        notes: false,
      });
      await served.start();
      return async () => {
        await served.stop();
        served.removeFolder();
      };
    };
    const kea: Start = async () => {
      const folder = mkdtempSync(join(tmpdir(), 'anneal-kea6-'));
      const pool = `${POOL.first}-${POOL.last}`;
      const stop = await startKea6(net, 'server', { interface: 's0', subnet: SUBNET, pool, folder });
      return async () => {
        await stop();
        rmSync(folder, { recursive: true, force: true });
      };
    };
    const step = async (start: Start, perSecond: number): Promise<Exchanges> => {
      const stop = await start();
      const offer = { namespace: 'client', interface: 'c0' };
      try {
        await offerExchanges(net, { ...offer, ...WARM_UP });
        return await offerExchanges(net, { ...offer, perSecond, seconds: SECONDS });
      } finally {
        await stop();
      }
    };
    const best = async (name: string, start: Start): Promise<number> => {
      let passed = 0;
      let failed = Number.POSITIVE_INFINITY;
      let done = 0;
      let next = FIRST_PER_SECOND;
      for (let count = 0; count < STEPS; count += 1) {
        const seen = await step(start, next);
        const { solicit, request } = seen.lostPercent;
        const lost = `${solicit.toFixed(1)} % and ${request.toFixed(1)} % lost`;
        progress(`${name} offered ${next}/s: ${seen.donePerSecond.toFixed(0)}/s done, ${lost}`);
        if (passes(seen)) {
          passed = next;
          done = Math.max(done, seen.donePerSecond);
        } else failed = next;
        next = Math.round(Number.isFinite(failed) ? (passed + failed) / 2 : passed * STEP);
      }
      return done;
    };
    const oursPerSecond = await best('ours', ours);
    const keaPerSecond = await best('kea', kea);
    const flood = await step(ours, FLOOD * Math.round(oursPerSecond));
    progress(`ours offered ${flood.offeredPerSecond}/s: ${flood.donePerSecond.toFixed(0)}/s done`);
    return {
      metrics: { ours_v6_per_s: oursPerSecond, kea_v6_per_s: keaPerSecond },
      settings: {
        lost_percent_max: LOST_PERCENT_MAX,
        step_seconds: SECONDS,
        v6_flood_offered_per_s: flood.offeredPerSecond,
        v6_flood_done_per_s: flood.donePerSecond,
      },
    };
  } finally {
    await net.close();
  }
};

export const dhcp6Bench: Bench = {
  name: 'dhcp6',
  says: 'exchanges of DHCPv6 per second at 2.5 % drops, against Kea; a part of dhcp',
  rounds: 3,
  round: (_args, progress) => measureDhcp6(progress),
};
