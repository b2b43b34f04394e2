import { describe, expect, it } from 'vitest';
import { Backlog } from './backlog.js';

const SOLICIT = Uint8Array.of(1);
const REQUEST = Uint8Array.of(3);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const begin = () => {
  const clock = { now: 0 };
  const served: string[] = [];
  const shed: string[] = [];
  const backlog = new Backlog<string>(
    ({ from }) => served.push(from),
    ({ from }) => shed.push(from),
    () => clock.now,
  );
  return { backlog, clock, served, shed };
};

describe('what waits to be answered', () => {
  it('lets those who take up an offer pass those who look for one', async () => {
    const { backlog, served } = begin();
    backlog.take(SOLICIT, 'new');
    backlog.take(REQUEST, 'known');
    expect(served).toEqual(['known']);
    await turn();
    expect(served).toEqual(['known', 'new']);
  });

  it('drops the oldest when too many wait, and serves the others in their order', async () => {
    const { backlog, served, shed } = begin();
    for (let count = 0; count < 2_050; count += 1) backlog.take(SOLICIT, String(count));
    expect(shed).toEqual(['0', '1']);
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(served).toHaveLength(2_048);
    expect(served[0]).toBe('2');
    expect(served.at(-1)).toBe('2049');
  });

  it('drops who has waited so long that it has asked again', async () => {
    const { backlog, clock, served, shed } = begin();
    backlog.take(SOLICIT, 'old');
    clock.now = 1_001;
    backlog.take(SOLICIT, 'new');
    await turn();
    expect(shed).toEqual(['old']);
    expect(served).toEqual(['new']);
  });

  it('serves nobody after it was closed', async () => {
    const { backlog, served } = begin();
    backlog.take(SOLICIT, 'new');
    backlog.close();
    await turn();
    expect(served).toEqual([]);
  });
});
