import { describe, expect, it } from 'vitest';
import { historyOf, playFleet, type FleetPlayed, type FleetSite } from '#testkit';

/** What an install of this game may fail of: each is what befell its machine, by its own reports or the servers' clock. */
const REASONS = [
  /did not boot from the network and ask for its order/,
  /stopped reporting while it was being installed/,
  /started again while it was being installed/,
  /the installed system did not report/,
  /was given its order and never reported/,
  /something was plugged in or out/,
];

/** Many machines at once, from power-on to ACTIVE, while about everything goes wrong that can. */
describe('a fleet', () => {
  const game = { nodes: 60, seed: 7, installsAtOnce: 20, faults: true };

  it('becomes active whatever happens to its machines, and writes granted disks alone', async () => {
    const { site, machines } = await playFleet(game);
    for (const machine of machines) {
      const install = site.install(machine)!;
      expect(install.phase).toBe('joined');
      const granted = new Set(install.plan.disks.map(({ serial }) => serial));
      for (const { serial } of machine.writes) expect(granted.has(serial)).toBe(true);
      expect(site.node(machine)).toMatchObject({ bootenv: 'local', alive: true });
    }
    // What a person started is what was installed: never one more.
    expect(site.faults).toEqual([]);
  });

  it('says of each install that failed what it failed of, whatever the seed', async () => {
    let backwards = 0;
    for (const seed of [7, 8, 9, 10, 11, 12]) {
      const { site, machines, retries } = await playFleet({ ...game, seed });
      for (const machine of machines) expect(site.nodeRole('workload', machine).state).toBe('active');
      const failed = [...site.rows.installs.values()].filter(({ phase }) => phase === 'failed');
      expect(failed).toHaveLength(retries);
      const odd = failed.map(({ reason }) => reason).filter((reason) => !REASONS.some((known) => known.test(reason)));
      expect({ seed, odd }).toEqual({ seed, odd: [] });
      const times = site.rows.events.map(({ at }) => at);
      backwards += times.filter((at, index) => index > 0 && at < times[index - 1]!).length;
    }
    // A clock that went back is seen in the history.
    expect(backwards).toBeGreaterThan(0);
  });

  it('meets every kind of mishap that it is to stand', async () => {
    const seen = { lies: 0, ignores: 0, power: 0, renumbered: 0, lost: 0, slow: 0, servers: 0, netboot: 0 };
    const watch = (site: FleetSite): void => {
      const advance = site.clock.advance.bind(site.clock);
      site.clock.advance = (ms) => {
        seen.slow += 1;
        advance(ms);
      };
      const { turn } = site;
      site.turn = () => {
        seen.servers += Number(site.aheadMs !== 0);
        seen.netboot += Number(site.netboot.skewMs !== 0);
        for (const { faults } of site.machines.values()) seen.lies += Number(faults.stuck > 0);
        for (const { faults } of site.powers.values()) seen.ignores += Number(faults.ignores);
        return turn.call(site);
      };
    };
    const played: FleetPlayed = await playFleet({ ...game, watch });
    for (const machine of played.machines) {
      seen.lost += Number(machine.faults.lost > 0);
      seen.renumbered += Number(machine.disks.some(({ name, serial }) => !serial?.toLowerCase().endsWith(name)));
      seen.power += Number(machine.boots.length > 2);
    }
    for (const [mishap, count] of Object.entries(seen)) expect([mishap, count > 0]).toEqual([mishap, true]);
  });

  it('has the same history with the same seed, byte for byte, and another one with another', async () => {
    const [one, same, other] = [await playFleet(game), await playFleet(game), await playFleet({ ...game, seed: 8 })];
    expect(historyOf(same.site)).toBe(historyOf(one.site));
    expect(historyOf(other.site)).not.toBe(historyOf(one.site));
    expect(one.retries).toBeGreaterThan(0);
  });
});
