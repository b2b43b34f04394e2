import { describe, expect, it } from 'vitest';
import { historyOf, playFleet } from '#testkit';

/** Many machines at once, from power-on to ACTIVE, with packets that are lost and power that fails. */
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

  it('has the same history with the same seed, byte for byte, and another one with another', async () => {
    const [one, same, other] = [await playFleet(game), await playFleet(game), await playFleet({ ...game, seed: 8 })];
    expect(historyOf(same.site)).toBe(historyOf(one.site));
    expect(historyOf(other.site)).not.toBe(historyOf(one.site));
    expect(one.retries).toBeGreaterThan(0);
  });
});
