import { afterEach, describe, expect, it } from 'vitest';
import type { Envelope, JobQueue, Receiver, Ticket } from '#app';
import { idOf } from '#core';

/** How long something that should arrive may take, in milliseconds. */
const ARRIVAL_MS_MAX = 10_000;

const ticket = (number: number, attempt = 1): Ticket => ({
  runId: idOf(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`),
  attempt,
});

/** Resolves when `count` envelopes have been handled. */
const collector = (count: number) => {
  const seen: Envelope[] = [];
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const handler = async (envelope: Envelope): Promise<void> => {
    seen.push(envelope);
    if (seen.length === count) finish();
  };
  const arrived = (): Promise<void> =>
    Promise.race([
      done,
      new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error(`${seen.length} of ${count} envelopes arrived`)), ARRIVAL_MS_MAX).unref(),
      ),
    ]);
  return { seen, handler, arrived };
};

/** What every queue must do. `open` makes a queue over a place of its own; `again` opens a second one over the same place. */
export const jobQueueContract = (
  name: string,
  open: () => Promise<{ queue: JobQueue; again: () => Promise<JobQueue> }>,
): void => {
  describe(`${name} as a job queue`, () => {
    const open_: { close(): Promise<void> }[] = [];
    afterEach(async () => {
      for (const one of open_.splice(0).reverse()) await one.close();
    });
    const receiving = async (
      queue: JobQueue,
      handler: (envelope: Envelope) => Promise<void>,
      handlersMax = 4,
    ): Promise<Receiver> => {
      const receiver = await queue.receive(handler, { handlersMax });
      open_.push(receiver);
      return receiver;
    };
    const opened = async () => {
      const made = await open();
      open_.push(made.queue);
      return made;
    };

    it('carries every ticket of every envelope to a receiver', async () => {
      const { queue } = await opened();
      const { seen, handler, arrived } = collector(3);
      await receiving(queue, handler);
      await queue.deliver([[ticket(1), ticket(2)], [ticket(3, 7)], [ticket(4)]]);
      await arrived();
      const tickets = seen.flat().sort((a, b) => (a.runId < b.runId ? -1 : 1));
      expect(tickets).toEqual([ticket(1), ticket(2), ticket(3, 7), ticket(4)]);
    });

    it('keeps envelopes until somebody receives', async () => {
      const { queue } = await opened();
      await queue.deliver([[ticket(1)]]);
      const { handler, arrived } = collector(1);
      await receiving(queue, handler);
      await arrived();
    });

    it('says how many envelopes wait, whatever is in them, and none when all were taken', async () => {
      const { queue } = await opened();
      expect(await queue.waiting()).toBe(0);
      await queue.deliver([[ticket(1), ticket(2)], [ticket(3)], [ticket(4)]]);
      expect(await queue.waiting()).toBe(3);
      const { handler, arrived } = collector(3);
      await receiving(queue, handler);
      await arrived();
      expect(await queue.waiting()).toBe(0);
    });

    it('has no more handlers at work than it was allowed', async () => {
      const { queue } = await opened();
      let atWork = 0;
      let most = 0;
      const { handler, arrived } = collector(20);
      await receiving(
        queue,
        async (envelope) => {
          most = Math.max(most, (atWork += 1));
          await new Promise((resolve) => setTimeout(resolve, 5));
          atWork -= 1;
          await handler(envelope);
        },
        3,
      );
      await queue.deliver(Array.from({ length: 20 }, (_, number) => [ticket(number)]));
      await arrived();
      expect(most).toBeLessThanOrEqual(3);
    });

    it('does not hand an envelope out again when its handler fails', async () => {
      const { queue } = await opened();
      let calls = 0;
      const { handler, arrived } = collector(1);
      await receiving(
        queue,
        async (envelope) => {
          if (envelope[0]?.attempt === 1) {
            calls += 1;
            throw new Error('the handler failed');
          }
          await handler(envelope);
        },
        1,
      );
      await queue.deliver([[ticket(1, 1)]]);
      await queue.deliver([[ticket(2, 2)]]);
      await arrived();
      expect(calls).toBe(1);
    });

    it('waits for its handlers when a receiver is closed, and gives it nothing more', async () => {
      const { queue } = await opened();
      const begun = collector(1);
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      let ended = false;
      const receiver = await queue.receive(
        async (envelope) => {
          await begun.handler(envelope);
          await held;
          ended = true;
        },
        { handlersMax: 1 },
      );
      await queue.deliver([[ticket(1)]]);
      await begun.arrived();
      const closed = receiver.close();
      release();
      await closed;
      expect(ended).toBe(true);
    });

    it('shares the work between two that receive from the same place', async () => {
      const { queue, again } = await opened();
      const other = await again();
      if (other !== queue) open_.push(other);
      const { seen, handler, arrived } = collector(40);
      const by = { first: 0, second: 0 };
      const slowly = (who: 'first' | 'second') => async (envelope: Envelope) => {
        by[who] += 1;
        await new Promise((resolve) => setTimeout(resolve, 10));
        await handler(envelope);
      };
      await receiving(queue, slowly('first'), 1);
      await receiving(other, slowly('second'), 1);
      await queue.deliver(Array.from({ length: 40 }, (_, number) => [ticket(number)]));
      await arrived();
      expect(new Set(seen.flat().map(({ runId }) => runId)).size).toBe(40);
      expect(Math.min(by.first, by.second)).toBeGreaterThan(0);
    });
  });
};
