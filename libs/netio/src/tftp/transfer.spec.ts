import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_ANSWERS_MAX, IDLE_MS_MAX, RETRY_MS_FIRST } from './limits.js';
import { negotiate } from './negotiate.js';
import { Transfer } from './transfer.js';

const begin = (bytes: number, options: Record<string, string> = {}) => {
  const sent: (number | 'oack')[] = [];
  const agreed = negotiate(new Map(Object.entries(options)), { bytes, family: 4, mtu: 1500 });
  const transfer = new Transfer(
    bytes,
    agreed,
    { optionAck: () => sent.push('oack'), block: (number) => sent.push(number) },
    0,
  );
  /** What was sent since it was last asked. */
  const news = (): (number | 'oack')[] => sent.splice(0);
  return { transfer, news, agreed };
};

describe('a transfer', () => {
  it('sends block after block, each when the one before it has arrived', () => {
    const { transfer, news } = begin(1_200);
    expect(news()).toEqual([1]);
    transfer.acknowledge(1, 0);
    expect(news()).toEqual([2]);
    transfer.acknowledge(2, 0);
    expect(news()).toEqual([3]);
    expect(transfer.acknowledge(3, 0)).toBe('done');
    expect(news()).toEqual([]);
  });

  it('ends a file of whole blocks with an empty one', () => {
    const { transfer, news } = begin(1_024);
    for (const block of [1, 2]) transfer.acknowledge(block, 0);
    expect(news()).toEqual([1, 2, 3]);
    expect(transfer.acknowledge(3, 0)).toBe('done');
  });

  it('acknowledges options first, and waits for the client to agree', () => {
    const { transfer, news } = begin(5_000, { blksize: '1024', tsize: '0' });
    expect(news()).toEqual(['oack']);
    transfer.acknowledge(1, 0);
    expect(news()).toEqual([]);
    transfer.acknowledge(0, 0);
    expect(news()).toEqual([1]);
  });

  it('does not answer an acknowledgement twice', () => {
    const { transfer, news } = begin(5_000);
    transfer.acknowledge(1, 0);
    news();
    for (let echo = 0; echo < 5; echo += 1) transfer.acknowledge(1, 0);
    expect(news()).toEqual([]);
  });

  it('ignores acknowledgements of what was not sent', () => {
    const { transfer, news } = begin(5_000);
    news();
    for (const block of [2, 9, 65_535]) transfer.acknowledge(block, 0);
    expect(news()).toEqual([]);
    expect(transfer.state).toBe('going');
  });

  it('repeats when the wait has run out, waits longer each time, and forgets one that never answered', () => {
    const { transfer, news } = begin(5_000);
    news();
    expect(transfer.tick(RETRY_MS_FIRST - 1)).toBe('going');
    expect(news()).toEqual([]);
    transfer.tick(RETRY_MS_FIRST);
    expect(news()).toEqual([1]);
    transfer.tick(RETRY_MS_FIRST * 2);
    expect(news()).toEqual([]);
    let now = RETRY_MS_FIRST;
    while (transfer.state === 'going' && now < 10 * IDLE_MS_MAX) transfer.tick((now += 100));
    expect(transfer.state).toBe('given-up');
    expect(news().length).toBeLessThan(FIRST_ANSWERS_MAX);
  });

  it('keeps to the wait that the client asked for', () => {
    const { transfer, news } = begin(5_000, { timeout: '3' });
    transfer.acknowledge(0, 0);
    news();
    for (const now of [2_999, 3_000, 5_999, 6_000, 9_000]) transfer.tick(now);
    expect(news()).toEqual([1, 1, 1]);
  });

  it('sends a window at once, and goes back to where a gap was told of', () => {
    const { transfer, news } = begin(512 * 20, { windowsize: '4' });
    transfer.acknowledge(0, 0);
    expect(news()).toEqual(['oack', 1, 2, 3, 4]);
    transfer.acknowledge(4, 0);
    expect(news()).toEqual([5, 6, 7, 8]);
    transfer.acknowledge(6, 0);
    expect(news()).toEqual([7, 8, 9, 10]);
    // Block 7 was lost: the client repeats what it has.
    transfer.acknowledge(6, 0);
    expect(news()).toEqual([7, 8, 9, 10]);
    transfer.acknowledge(6, 0);
    expect(news()).toEqual([]);
  });

  it('goes on past block 65535', () => {
    const blocks = 70_000;
    const { transfer, news } = begin(8 * blocks - 1, { blksize: '8' });
    transfer.acknowledge(0, 0);
    for (let block = 1; block < blocks; block += 1) transfer.acknowledge(block & 0xffff, 0);
    expect(news().at(-1)).toBe(blocks);
    expect(transfer.acknowledge(blocks & 0xffff, 0)).toBe('done');
  });

  it('arrives whole over a wire that loses and repeats packets, whatever the window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 512 * 60 }),
        fc.integer({ min: 1, max: 16 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        (bytes, window, chance) => {
          const toClient: (number | 'oack')[] = [];
          const agreed = negotiate(new Map([['windowsize', String(window)]]), { bytes, family: 4, mtu: 1500 });
          const cast = (what: number | 'oack'): void => {
            const luck = chance.next().value as number;
            if (luck === 0) return;
            toClient.push(what);
            if (luck === 1) toClient.push(what);
          };
          let now = 0;
          const transfer = new Transfer(bytes, agreed, { optionAck: () => cast('oack'), block: cast }, now);
          const last = Math.floor(bytes / 512) + 1;
          let have = 0;
          let ended = false;
          for (let step = 0; step < 20_000 && transfer.state === 'going'; step += 1) {
            const packet = toClient.shift();
            if (packet === undefined) {
              transfer.tick((now += 1_000));
              continue;
            }
            if (packet === have + 1) have += 1;
            else if (packet !== 'oack' && packet > have + 1) toClient.splice(0);
            ended ||= have === last;
            const speaks = packet === 'oack' ? have === 0 : ended || have % window === 0 || packet !== have;
            if (speaks && chance.next().value !== 0) transfer.acknowledge(have & 0xffff, now);
          }
          // With a client that gives no sign for half a minute the server may give up; it never takes half for whole.
          expect(transfer.state === 'done' ? have : last).toBe(last);
        },
      ),
      { numRuns: 200, seed: 7440 },
    );
  });
});

describe('options', () => {
  const agree = (options: Record<string, string>, family: 4 | 6 = 4) =>
    Object.fromEntries(negotiate(new Map(Object.entries(options)), { bytes: 77, family, mtu: 1500 }).answered);

  it('are answered as the RFCs say, within what fits the wire', () => {
    expect(agree({ blksize: '1432', tsize: '0', timeout: '5', windowsize: '8' })).toEqual({
      blksize: '1432',
      tsize: '77',
      timeout: '5',
      windowsize: '8',
    });
    expect(agree({ blksize: '65464' })).toEqual({ blksize: '1468' });
    expect(agree({ blksize: '65464' }, 6)).toEqual({ blksize: '1448' });
    expect(agree({ windowsize: '65535' })).toEqual({ windowsize: '32' });
  });

  it('are left out when they are nonsense or unknown', () => {
    expect(agree({ blksize: '7', timeout: '0', windowsize: '0', multicast: '', tsize: 'x' })).toEqual({});
    expect(agree({ blksize: '-1', timeout: '256', windowsize: '1e3' })).toEqual({});
  });
});
