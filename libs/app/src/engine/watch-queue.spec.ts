import { describe, expect, it } from 'vitest';
import { WatchQueue } from './watch-queue.js';

const WITHIN_MS = 20;

describe('what a worker sees of its queue', () => {
  const over = (waiting: () => Promise<number>) => new WatchQueue({ backend: 'redis', waiting }, WITHIN_MS);

  it('is nothing until it has asked', () => {
    expect(over(async () => 0).status).toBeNull();
  });

  it('is how many envelopes wait', async () => {
    const watch = over(async () => 7);
    await watch.execute();
    expect(watch.status).toMatchObject({ backend: 'redis', answers: true, waiting: 7 });
  });

  it('is that it does not answer, when asking fails', async () => {
    const watch = over(async () => Promise.reject(new Error('connection refused')));
    await watch.execute();
    expect(watch.status).toMatchObject({ answers: false, waiting: null });
  });

  it('is that it does not answer in time, and it is not asked again until it has; then it is seen to answer', async () => {
    const asked: ((count: number) => void)[] = [];
    const watch = over(() => new Promise((resolve) => asked.push(resolve)));
    await watch.execute();
    await watch.execute();
    expect(watch.status).toMatchObject({ answers: false, waiting: null });
    expect(asked).toHaveLength(1);
    asked[0]?.(3);
    await watch.execute();
    expect(watch.status).toMatchObject({ answers: true, waiting: 3 });
    const asking = watch.execute();
    expect(asked).toHaveLength(2);
    asked[1]?.(4);
    await asking;
    expect(watch.status).toMatchObject({ answers: true, waiting: 4 });
  });
});
