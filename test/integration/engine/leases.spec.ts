import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Annealer, LostLease, SystemClock, type Lease } from '#app';
import { TimeOrderedIds } from '#store';
import { drawn } from '#testkit';
import { Installation } from './installation.js';

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.open(drawn('A todo --> B blocked\nC@n2 todo'));
});
afterEach(() => installation.close());

const annealer = (lease: Lease): Annealer =>
  new Annealer(
    installation.unitOfWork,
    installation.records,
    new TimeOrderedIds(),
    new SystemClock(),
    async () => new Map(),
    lease,
  );

describe('a lease', () => {
  it('is held by one at a time, and renewed by its holder without a new epoch', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const taken = await installation.records.takeLease('anneal', one, 10_000);
    expect(taken).toEqual({ name: 'anneal', holder: one, epoch: 1 });
    expect(await installation.records.takeLease('anneal', other, 10_000)).toBeNull();
    expect(await installation.records.takeLease('anneal', one, 10_000)).toEqual(taken);
  });

  it('is taken by one of many who ask at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => installation.records.takeLease('anneal', randomUUID(), 10_000)),
    );
    expect(answers.filter((lease) => lease !== null)).toHaveLength(1);
  });

  it('goes to another when it has run out or was given back, with a greater epoch', async () => {
    const first = (await installation.records.takeLease('anneal', randomUUID(), 0)) as Lease;
    const second = (await installation.records.takeLease('anneal', randomUUID(), 10_000)) as Lease;
    expect(second.epoch).toBe(first.epoch + 1);
    await installation.records.giveLease(second);
    const third = (await installation.records.takeLease('anneal', randomUUID(), 10_000)) as Lease;
    expect(third.epoch).toBe(second.epoch + 1);
    // What a former holder gives back is not his any more.
    await installation.records.giveLease(first);
    expect(await installation.records.takeLease('anneal', randomUUID(), 10_000)).toBeNull();
  });

  it('that another took keeps a former leader from planning: its pass is refused and writes nothing', async () => {
    const former = (await installation.records.takeLease('anneal', randomUUID(), 0)) as Lease;
    const late = annealer(former);
    const leader = annealer((await installation.records.takeLease('anneal', randomUUID(), 60_000)) as Lease);
    await expect(late.pass()).rejects.toThrow(LostLease);
    expect(await installation.rows('SELECT * FROM runs')).toEqual([]);
    expect((await leader.pass()).tickets).toHaveLength(2);
    await expect(late.pass()).rejects.toThrow(LostLease);
    expect(await installation.rows('SELECT * FROM runs')).toHaveLength(2);
  });

  it('that passes on in the middle of a pass waits for that pass', async () => {
    const holder = randomUUID();
    const lease = (await installation.records.takeLease('anneal', holder, 0)) as Lease;
    let take: Promise<Lease | null> = Promise.resolve(null);
    await installation.unitOfWork.write('engine', async (tx) => {
      expect(await tx.engine.holdLease(lease)).toBe(0);
      let taken = false;
      take = installation.records.takeLease('anneal', randomUUID(), 10_000).then((next) => {
        taken = true;
        return next;
      });
      await tx.graph.whole();
      expect(taken).toBe(false);
    });
    expect((await take)?.epoch).toBe(lease.epoch + 1);
  });
});
