import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportShipped, ShippedBarclamps, type BarclampDocument } from '#app';
import { ShippedFolder } from '#catalog';
import { TimeOrderedIds } from '#store';
import { ACTOR, documentOf, JIGS, ok, openWorld, role, type World } from './world.js';

/** Barclamps of some version of Anneal, and how often they had to be read. */
class Version extends ShippedBarclamps {
  read = 0;
  constructor(private readonly documents: readonly BarclampDocument[]) {
    super();
  }
  override async sources() {
    return new Map(this.documents.map(({ name, digest }) => [name, `source of ${digest}`]));
  }
  override async load() {
    this.read += 1;
    return this.documents;
  }
}

const barclamp = (name: string, version: number, ...roles: string[]): BarclampDocument => ({
  ...documentOf({ name, roles: roles.map((each) => role(each)) }),
  version: String(version),
  digest: `${name} ${version}`,
});

describe('the barclamps that come with Anneal', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld({ name: 'shipped' });
  });
  afterEach(() => world.close());

  const start = (shipped: ShippedBarclamps) =>
    new ImportShipped({ unitOfWork: world.unitOfWork, ids: new TimeOrderedIds(), jigs: JIGS }, shipped).execute(
      'setup',
    );
  const releases = async () =>
    Object.fromEntries(
      (await world.sql<{ name: string; release: string }>('SELECT name, release FROM barclamps')).map((row) => [
        row.name,
        row.release,
      ]),
    );
  const NOTHING = { imported: [], leftAlone: [], refused: [] };

  it('are all there after the first start, and the second does not even read them', async () => {
    const shipped = new ShippedFolder();
    const { imported, refused } = await start(shipped);
    expect(refused).toEqual([]);
    expect([...imported].sort()).toEqual([...(await shipped.sources()).keys()].sort());
    expect((await world.sql<{ n: number }>('SELECT count(*)::int AS n FROM roles'))[0]?.n).toBeGreaterThan(50);
    expect(await start(shipped)).toEqual(NOTHING);

    const one = new Version([barclamp('one', 1, 'a')]);
    await start(one);
    await start(one);
    expect(one.read).toBe(1);
  });

  it('are brought up to the version that runs, roles and all', async () => {
    await start(new Version([barclamp('one', 1, 'a'), barclamp('two', 1, 'b')]));
    const next = new Version([barclamp('one', 2, 'a', 'c'), barclamp('two', 1, 'b'), barclamp('three', 1, 'd')]);
    expect(await start(next)).toEqual({ ...NOTHING, imported: ['one', 'three'] });
    expect(await releases()).toEqual({ one: '2', two: '1', three: '1' });
    expect(await start(next)).toEqual(NOTHING);
  });

  it('are left alone where somebody has put their own in their place', async () => {
    ok(await world.importBarclamp.execute(ACTOR, { ...barclamp('two', 7, 'mine'), digest: 'mine' }));
    await start(new Version([barclamp('one', 1, 'a'), barclamp('two', 1, 'b')]));
    ok(await world.importBarclamp.execute(ACTOR, { ...barclamp('one', 8, 'a', 'mine-too'), digest: 'mine too' }));
    expect(await releases()).toEqual({ one: '8', two: '7' });
    const next = new Version([barclamp('one', 2, 'a'), barclamp('two', 2, 'b')]);
    expect(await start(next)).toEqual({ ...NOTHING, leftAlone: ['one', 'two'] });
    expect(await start(next)).toEqual(NOTHING);
    expect(await releases()).toEqual({ one: '8', two: '7' });
  });

  it('stay deleted when somebody deleted them', async () => {
    await start(new Version([barclamp('one', 1, 'a')]));
    ok(await world.deleteBarclamp.execute(ACTOR, { barclamp: 'one' }));
    expect(await start(new Version([barclamp('one', 1, 'a')]))).toEqual(NOTHING);
    expect(await start(new Version([barclamp('one', 2, 'a')]))).toEqual({ ...NOTHING, leftAlone: ['one'] });
    expect(await releases()).toEqual({});
  });

  it('follow new versions again once somebody has put the shipped one back', async () => {
    await start(new Version([barclamp('one', 1, 'a')]));
    ok(await world.deleteBarclamp.execute(ACTOR, { barclamp: 'one' }));
    ok(await world.importBarclamp.execute(ACTOR, barclamp('one', 1, 'a')));
    expect(await start(new Version([barclamp('one', 2, 'a')]))).toEqual({ ...NOTHING, imported: ['one'] });
  });

  it('that clash with what is there are named, keep nobody from starting, and are tried again', async () => {
    ok(await world.importBarclamp.execute(ACTOR, barclamp('mine', 1, 'a')));
    const shipped = new Version([barclamp('one', 1, 'a'), barclamp('two', 1, 'b')]);
    expect(await start(shipped)).toEqual({
      imported: ['two'],
      leftAlone: [],
      refused: [{ name: 'one', detail: expect.stringContaining('mine') }],
    });
    ok(await world.deleteBarclamp.execute(ACTOR, { barclamp: 'mine' }));
    expect(await start(shipped)).toEqual({ ...NOTHING, imported: ['one'] });
  });

  it('are imported once by two servers that start together', async () => {
    const documents = [barclamp('one', 1, 'a'), barclamp('two', 1, 'b')];
    const both = await Promise.all([start(new Version(documents)), start(new Version(documents))]);
    expect(both.flatMap(({ imported }) => imported).sort()).toEqual(['one', 'two']);
    expect((await world.sql(`SELECT FROM events WHERE kind = 'barclamp.imported'`)).length).toBe(2);
  });
});
