import { QueryObserver } from '@tanstack/react-query';
import { afterEach, describe, expect, it } from 'vitest';
import { forget, queryClient } from './query';

/** A resource of which each reading waits to be answered. */
const watched = () => {
  const asked: ((answer: string) => void)[] = [];
  const shown: unknown[] = [];
  const observer = new QueryObserver(queryClient, {
    queryKey: ['nodes', 'limit=1'],
    queryFn: () => new Promise<string>((resolve) => asked.push(resolve)),
  });
  const stop = observer.subscribe(({ data }) => shown.push(data));
  return { asked, shown, stop };
};

describe('what is forgotten', () => {
  afterEach(() => queryClient.clear());

  it('is read again, where it was read before', async () => {
    const { asked, shown, stop } = watched();
    asked[0]?.('before');
    await expect.poll(() => shown.at(-1)).toBe('before');
    forget('nodes');
    expect(asked).toHaveLength(2);
    asked[1]?.('after');
    await expect.poll(() => shown.at(-1)).toBe('after');
    stop();
  });

  it('is read once more, where its first reading had not been answered yet', async () => {
    const { asked, shown, stop } = watched();
    forget('nodes');
    expect(asked).toHaveLength(1);
    asked[0]?.('perhaps from before');
    await expect.poll(() => asked.length).toBe(2);
    asked[1]?.('after');
    await expect.poll(() => shown.at(-1)).toBe('after');
    stop();
  });

  it('is left alone, where it is another resource', () => {
    const { asked, stop } = watched();
    forget('networks');
    expect(asked).toHaveLength(1);
    stop();
  });
});
