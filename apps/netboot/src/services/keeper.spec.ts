import { describe, expect, it } from 'vitest';
import { SilentLog } from '#app';
import { Keeper, type Start } from './keeper.js';

const idle = { state: 'idle', says: 'no network wants it' } as const;

describe('a service in its places', () => {
  it('runs where it is wanted, and nowhere else', async () => {
    const keeper = new Keeper('tftp', new SilentLog());
    const events: string[] = [];
    const at =
      (place: string): Start =>
      async () => {
        events.push(`+${place}`);
        return { says: place, stop: async () => void events.push(`-${place}`) };
      };
    expect(keeper.status(idle)).toEqual({ service: 'tftp', ...idle });
    await keeper.keep(
      new Map([
        ['a', at('a')],
        ['b', at('b')],
      ]),
    );
    await keeper.keep(
      new Map([
        ['b', at('b')],
        ['c', at('c')],
      ]),
    );
    expect(keeper.status(idle)).toEqual({ service: 'tftp', state: 'serving', says: 'b, c' });
    await keeper.stop();
    expect(events).toEqual(['+a', '+b', '-a', '+c', '-b', '-c']);
  });

  it('says what keeps it from running in one place, and runs in the others', async () => {
    const keeper = new Keeper('dns', new SilentLog());
    const taken: Start = async () => {
      throw new Error('listen', {
        cause: Object.assign(new Error('bind EADDRINUSE 10.0.0.1:53'), { code: 'EADDRINUSE' }),
      });
    };
    const fine: Start = async () => ({ says: '10.0.0.2:53', stop: async () => {} });
    await keeper.keep(
      new Map([
        ['10.0.0.1', taken],
        ['10.0.0.2', fine],
      ]),
    );
    const { state, says } = keeper.status(idle);
    expect(state).toBe('failed');
    expect(says).toContain('another program listens there');
    expect(says).toContain('10.0.0.2:53');
    await keeper.stop();
  });

  it('is started again when it ends by itself', async () => {
    const keeper = new Keeper('dns', new SilentLog());
    let starts = 0;
    let fail: (cause: unknown) => void = () => {};
    const start: Start = async (failed) => {
      starts += 1;
      fail = failed;
      return { says: 'here', stop: async () => {} };
    };
    const wanted = new Map([['here', start]]);
    await keeper.keep(wanted);
    fail(new Error('a thread died'));
    expect(keeper.status(idle).says).toBe('here: a thread died');
    await keeper.keep(wanted);
    expect([starts, keeper.status(idle).state]).toEqual([2, 'serving']);
  });
});
