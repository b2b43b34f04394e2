import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STREAMS_OF_ONE_MAX } from '../../../apps/server/src/http/admission.js';
import { callerOf, startServer, type RunningServer } from './running-server.js';

describe('a caller that takes too much', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('overload');
  });
  afterAll(() => running.stop());

  it('gets its share of streams and no more, and others go on being served', async () => {
    const greedy = await running.freshToken('viewer');
    const { body } = await callerOf(running.url, greedy)('GET', 'self');
    expect(body.actor).toBe('token:test-viewer');
    const open = new AbortController();
    const stream = () =>
      fetch(`${running.url}/api/v2/events/stream`, {
        headers: { authorization: `Bearer ${greedy}` },
        signal: open.signal,
      });
    const streams = await Promise.all(Array.from({ length: STREAMS_OF_ONE_MAX }, stream));
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await stream();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests' });
    expect((await running.as.admin('GET', 'events/stream?after=x')).status).toBe(400);
    expect((await running.as.operator('GET', 'nodes')).status).toBe(200);
    open.abort();
    while (running.server.assembly.feed.state.followers > 0) await new Promise((resolve) => setImmediate(resolve));
    const again = new AbortController();
    expect(
      (
        await fetch(`${running.url}/api/v2/events/stream`, {
          headers: { authorization: `Bearer ${greedy}` },
          signal: again.signal,
        })
      ).status,
    ).toBe(200);
    again.abort();
  });

  it('is told that the database cannot be reached, and is served again when it can', async () => {
    const other = await startServer('overload_database');
    const name = new URL(other.databaseUrl).pathname.slice(1);
    // Nobody may connect for a while, and those who are connected are cut off.
    await running.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await running.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    const refused = await other.as.nobody('GET', '/readyz');
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ code: 'unavailable' });
    expect(refused.headers.get('retry-after')).not.toBeNull();
    await running.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    expect((await other.as.nobody('GET', '/readyz')).status).toBe(200);
    expect((await other.as.admin('GET', 'nodes')).status).toBe(200);
    await other.stop();
  });
});
