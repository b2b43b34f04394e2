import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRefusal, refuse } from '#core';
import { ACTOR, openWorld, type World } from '../integration/model/world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld({ name: 'unit' });
});
afterEach(() => world.close());

const put = (key: string) => world.sql(`SELECT value FROM settings WHERE key = $1`, [key]);

describe('a unit of work', () => {
  it('writes all or nothing: a refusal and a throw undo it, with its events', async () => {
    const before = await world.events();
    const refused = await world.unitOfWork.write(ACTOR, async (tx) => {
      await tx.settings.put('x', 1);
      tx.tell({ kind: 'x.put' });
      return refuse('invalid', 'no.');
    });
    expect(isRefusal(refused)).toBe(true);
    const broken = world.unitOfWork.write(ACTOR, async (tx) => {
      await tx.settings.put('x', 1);
      tx.tell({ kind: 'x.put' });
      throw new Error('broken');
    });
    await expect(broken).rejects.toThrow('broken');
    expect(await put('x')).toEqual([]);
    expect(await world.events()).toEqual(before);
  });

  it('is repeated when it loses a deadlock, so that both of two that meet crosswise are done', async () => {
    await world.unitOfWork.write(ACTOR, async (tx) => {
      await tx.settings.put('a', 0);
      await tx.settings.put('b', 0);
    });
    let met = 0;
    let go: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (go = resolve));
    const crosswise = (first: string, second: string) =>
      world.unitOfWork.write(ACTOR, async (tx) => {
        await tx.settings.put(first, 1);
        met += 1;
        if (met === 2) go();
        await both;
        await tx.settings.put(second, 1);
        tx.tell({ kind: 'crosswise.done', data: { first } });
      });
    await Promise.all([crosswise('a', 'b'), crosswise('b', 'a')]);
    expect((await world.events()).filter((kind) => kind === 'crosswise.done')).toHaveLength(2);
    expect(met).toBeGreaterThan(2);
  });

  it('reads one consistent picture, and cannot write', async () => {
    await world.unitOfWork.read(async (tx) => {
      const before = await tx.settings.all();
      await world.changeSetting.execute(ACTOR, { key: 'runs_at_once_max', value: 77 });
      expect(await tx.settings.all()).toEqual(before);
    });
    await expect(world.unitOfWork.read((tx) => tx.settings.put('x', 1))).rejects.toThrow('read-only');
  });

  it('gives events numbers without gaps in the order of commits, however many write', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.unitOfWork.write(ACTOR, async (tx) => {
          tx.tell({ kind: 'many.one', data: { index } });
          tx.tell({ kind: 'many.two', data: { index } });
          return index % 4 === 3 ? refuse('invalid', 'no.') : null;
        }),
      ),
    );
    const rows = await world.sql<{ seq: string; kind: string; data: { index: number } | null }>(
      `SELECT seq, kind, data FROM events ORDER BY seq`,
    );
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, at) => at + 1));
    const mine = rows.filter(({ kind }) => kind.startsWith('many.'));
    expect(mine).toHaveLength(30);
    for (let at = 0; at < mine.length; at += 2) {
      expect([mine[at]?.kind, mine[at + 1]?.kind]).toEqual(['many.one', 'many.two']);
      expect(mine[at]?.data).toEqual(mine[at + 1]?.data);
    }
  });
});
