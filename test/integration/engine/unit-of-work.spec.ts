import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuse } from '#core';
import { openDatabase, PgUnitOfWork } from '#store';
import { drawn } from '#testkit';
import { Installation } from './installation.js';
import { uuidOf } from './lay-graph.js';

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.open(drawn('A todo --> B blocked\nC@n2 todo'));
});
afterEach(() => installation.close());

const clientOf = (tx: object): pg.PoolClient => (tx as { client: pg.PoolClient }).client;
const describeNode = (name: string, text: string) => ({
  text: 'UPDATE nodes SET description = $2 WHERE id = $1',
  values: [uuidOf(name), text],
});
const descriptionOf = async (name: string): Promise<string | undefined> =>
  (await installation.rows<{ description: string }>('SELECT description FROM nodes WHERE id = $1', [uuidOf(name)]))[0]
    ?.description;

describe('a unit of work', () => {
  it('writes nothing when it refuses, and hands the refusal on', async () => {
    const refusal = refuse('wrong-state', 'not now');
    const result = await installation.unitOfWork.write('ada', async (tx) => {
      await clientOf(tx).query(describeNode('n1', 'changed'));
      tx.tell({ kind: 'node.touched' });
      return refusal;
    });
    expect(result).toBe(refusal);
    expect(await descriptionOf('n1')).toBe('');
    expect(await installation.rows('SELECT * FROM events')).toEqual([]);
  });

  it('writes nothing when it throws, and gives its connection back', async () => {
    for (let again = 0; again < 20; again += 1)
      await expect(
        installation.unitOfWork.write('ada', async (tx) => {
          await clientOf(tx).query(describeNode('n1', 'changed'));
          throw new Error('something broke');
        }),
      ).rejects.toThrow('something broke');
    expect(await descriptionOf('n1')).toBe('');
    expect(await installation.findings()).toEqual([]);
  });

  it('numbers its facts when it commits, in their order, and says which numbers they got', async () => {
    const first = await installation.unitOfWork.write('ada', async (tx) => {
      tx.tell({ kind: 'x.one' });
      tx.tell({ kind: 'x.two', data: { why: 'so' } });
      expect(tx.news).toBeNull();
      return tx;
    });
    const silent = await installation.unitOfWork.write('ada', async (tx) => tx);
    const second = await installation.unitOfWork.write('bob', async (tx) => {
      tx.tell({ kind: 'x.three' });
      return tx;
    });
    expect([first.news, silent.news, second.news]).toEqual([{ first: 1, last: 2 }, null, { first: 3, last: 3 }]);
    expect(await installation.rows('SELECT seq::int, kind, actor, data FROM events ORDER BY seq')).toEqual([
      { seq: 1, kind: 'x.one', actor: 'ada', data: null },
      { seq: 2, kind: 'x.two', actor: 'ada', data: { why: 'so' } },
      { seq: 3, kind: 'x.three', actor: 'bob', data: null },
    ]);
  });

  it('leaves no gap when transactions that have facts fail in between', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        installation.unitOfWork
          .write('ada', async (tx) => {
            tx.tell({ kind: 'x.told' });
            if (index % 3 === 0) await clientOf(tx).query('SELECT 1 / 0');
          })
          .catch(() => undefined),
      ),
    );
    expect(await installation.findings()).toEqual([]);
    const [count] = await installation.rows<{ n: number }>('SELECT count(*)::int AS n FROM events');
    expect(count?.n).toBe(26);
  });

  it('is repeated when it loses a deadlock, and both transactions take effect', async () => {
    let tries = 0;
    const cross = (first: string, second: string, meet: () => Promise<void>) =>
      installation.unitOfWork.write('ada', async (tx) => {
        tries += 1;
        await clientOf(tx).query({
          text: `UPDATE nodes SET description = description || 'x' WHERE id = $1`,
          values: [uuidOf(first)],
        });
        await meet();
        await clientOf(tx).query({
          text: `UPDATE nodes SET description = description || 'x' WHERE id = $1`,
          values: [uuidOf(second)],
        });
        tx.tell({ kind: 'x.crossed' });
      });
    let arrived = 0;
    let open: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (open = resolve));
    const meet = async (): Promise<void> => {
      arrived += 1;
      if (arrived >= 2) open();
      await both;
    };
    await Promise.all([cross('n1', 'n2', meet), cross('n2', 'n1', meet)]);
    expect(tries).toBeGreaterThan(2);
    expect(await descriptionOf('n1')).toBe('xx');
    expect(await descriptionOf('n2')).toBe('xx');
    expect(await installation.findings()).toEqual([]);
  });

  it('passes an error on that repeating does not mend', async () => {
    let tries = 0;
    await expect(
      installation.unitOfWork.write('ada', async (tx) => {
        tries += 1;
        await clientOf(tx).query({
          text: 'INSERT INTO nodes (id, name, deployment_id) VALUES ($1, $2, $3)',
          values: [randomUUID(), 'n1', uuidOf('system')],
        });
      }),
    ).rejects.toThrow(/duplicate key/);
    expect(tries).toBe(1);
  });

  it('that stands still is ended by the database, and holds up nobody', async () => {
    const dataSource = await openDatabase({ url: installation.url, idleInTransactionMsMax: 300 });
    let goOn: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => (goOn = resolve));
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const still = new PgUnitOfWork(dataSource).write('ada', async (tx) => {
      await clientOf(tx).query(describeNode('n1', 'half done'));
      begin();
      await stopped;
      await clientOf(tx).query(describeNode('n2', 'half done'));
    });
    const failed = still.then(
      () => null,
      (error: unknown) => error,
    );
    await begun;
    await installation.unitOfWork.write('bob', (tx) => clientOf(tx).query(describeNode('n1', 'done')));
    goOn();
    expect(await failed).toBeInstanceOf(Error);
    expect([await descriptionOf('n1'), await descriptionOf('n2')]).toEqual(['done', '']);
    await dataSource.destroy();
  });

  it('reads one instant', async () => {
    await installation.unitOfWork.read(async (tx) => {
      const before = await tx.graph.whole();
      await installation.dataSource.query(`UPDATE nodes SET alive = false`);
      const after = await tx.graph.whole();
      expect([...after.nodes.values()]).toEqual([...before.nodes.values()]);
    });
  });
});
