import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CertificationBook, CertificationOrder } from '#app';
import { isRefusal, type TestOutcome } from '#core';

/** A book and eyes to see what it holds. */
export interface BookUnderTest {
  readonly book: CertificationBook;
  /** Orders a certification of these tests, under a new id. */
  order(loadList: readonly string[]): Promise<string>;
  /** What is written, by name of the test. */
  statuses(certification: string): Promise<Record<string, string>>;
  stream(certification: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

const IDS = ['one', 'two', 'three'].map((word) => `tempest.api.Servers.test_${word}[id-${word}]`);
const nameOf = (id: string): string => id.split('[')[0]!;

const outcome = (id: string, status: TestOutcome['status']): TestOutcome => ({
  ...{ name: nameOf(id), id: null, status, seconds: 1.5, worker: 'worker-0' },
  ...{ reason: status === 'passed' ? null : 'why', traceback: null },
});

/** What every book does with what a run says. */
export function certificationBookContract(start: () => Promise<BookUnderTest>): void {
  let under: BookUnderTest;
  beforeAll(async () => {
    under = await start();
  });
  afterAll(() => under?.close());

  /** Orders and opens; fails where it is refused. */
  const open = async (certification: string, fence: number): Promise<CertificationOrder> => {
    const order = await under.book.open({ certification, fence });
    if (isRefusal(order)) throw new Error(order.detail);
    return order;
  };
  const finished = { kind: 'finished', seconds: 3, notes: [] } as const;

  describe('an order', () => {
    it('is the list as it was ordered, in its order', async () => {
      const certification = await under.order(IDS);
      expect(await open(certification, 5)).toMatchObject({ loadList: IDS, nextPiece: 0, access: null });
    });

    it('that nobody gave is not found', async () => {
      expect(await under.book.open({ certification: randomUUID(), fence: 1 })).toMatchObject({ code: 'not-found' });
    });

    it('that was picked up by a later attempt is what had not ended, and its stream goes on', async () => {
      const certification = await under.order(IDS);
      await open(certification, 1);
      await under.book.outcomes({ certification, fence: 1 }, [outcome(IDS[1]!, 'failed')], []);
      await under.book.piece({ certification, fence: 1 }, 0, Uint8Array.of(1));
      expect(await open(certification, 2)).toMatchObject({ loadList: [IDS[0], IDS[2]], nextPiece: 1 });
    });

    it('that has ended is refused', async () => {
      const certification = await under.order(IDS);
      await open(certification, 1);
      await under.book.finished({ certification, fence: 1 }, finished);
      expect(await under.book.open({ certification, fence: 2 })).toMatchObject({ code: 'wrong-state' });
    });
  });

  describe('what a run says', () => {
    it('may be said again without being there twice', async () => {
      const certification = await under.order(IDS);
      const ticket = { certification, fence: 1 };
      await open(certification, 1);
      for (let times = 0; times < 2; times += 1) {
        expect(await under.book.outcomes(ticket, [outcome(IDS[0]!, 'passed')], [])).toBe('written');
        expect(await under.book.piece(ticket, 0, Uint8Array.of(0xb3, 0))).toBe('written');
        expect(await under.book.piece(ticket, 1, Uint8Array.of(7))).toBe('written');
        const sha256 = createHash('sha256').update('x').digest('hex');
        const file = { path: 'nodes/a/x.txt', mediaType: 'text/plain', sha256, bytes: Buffer.from('x') };
        expect(await under.book.evidence(ticket, [file])).toBe('written');
      }
      expect(await under.statuses(certification)).toEqual({ [nameOf(IDS[0]!)]: 'passed' });
      expect([...(await under.stream(certification))]).toEqual([0xb3, 0, 7]);
    });

    it('may be changed by what it says later of the same test', async () => {
      const certification = await under.order(IDS);
      const ticket = { certification, fence: 1 };
      await open(certification, 1);
      await under.book.outcomes(ticket, [outcome(IDS[0]!, 'passed')], []);
      await under.book.outcomes(ticket, [outcome(IDS[0]!, 'failed')], []);
      expect(await under.statuses(certification)).toEqual({ [nameOf(IDS[0]!)]: 'failed' });
    });

    it('is no longer taken when a newer attempt has begun', async () => {
      const certification = await under.order(IDS);
      const old = { certification, fence: 1 };
      await open(certification, 1);
      await open(certification, 2);
      const inputs = {
        conf: '',
        provenance: {},
        credentials: {
          kind: 'made' as const,
          administrator: true,
          userRoles: ['member'],
          usersAreAdministrators: false,
        },
        findings: [],
        cloud: {},
      };
      expect(await under.book.prepared(old, inputs)).toBe('superseded');
      expect(await under.book.outcomes(old, [outcome(IDS[0]!, 'passed')], [])).toBe('superseded');
      expect(await under.book.piece(old, 0, Uint8Array.of(1))).toBe('superseded');
      expect(await under.book.evidence(old, [])).toBe('superseded');
      expect(await under.book.finished(old, finished)).toBe('superseded');
      expect(isRefusal(await under.book.open(old))).toBe(true);
      expect(await under.statuses(certification)).toEqual({});
    });

    it('ends with an outcome for everything that was ordered', async () => {
      const certification = await under.order(IDS);
      const ticket = { certification, fence: 1 };
      await open(certification, 1);
      await under.book.outcomes(ticket, [outcome(IDS[2]!, 'skipped')], [{ name: nameOf(IDS[0]!), worker: null }]);
      const claims = await under.book.finished(ticket, { kind: 'cancelled', seconds: 1, notes: ['odd'] });
      expect(claims).not.toBe('superseded');
      expect(await under.statuses(certification)).toEqual({
        [nameOf(IDS[0]!)]: 'not-run',
        [nameOf(IDS[1]!)]: 'not-run',
        [nameOf(IDS[2]!)]: 'skipped',
      });
      // Whoever heard no answer says it again, and nothing that comes after the end is taken.
      expect(await under.book.finished(ticket, { kind: 'cancelled', seconds: 1, notes: ['odd'] })).toEqual(claims);
      expect(await under.book.outcomes(ticket, [outcome(IDS[0]!, 'passed')], [])).toBe('superseded');
    });
  });
}
