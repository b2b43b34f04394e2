import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes, ROLES, type Route } from '#api-types';
import { startServer, type RunningServer } from './running-server.js';

/** The routes that anybody may call, each with its reason; a new one is added here or does not pass. */
const OPEN: Readonly<Record<string, string>> = {
  'sessions.create': 'nobody has a token before logging in',
  'setup.show': 'the first page must know whether to ask for the code',
  'setup.create': 'asks for the one-time code instead',
  'machines.enrol': 'asks for the ticket of the boot instead',
  'installs.progress': 'asks for the token of the order instead',
  'installs.finish': 'asks for the token of the order instead',
  'installs.join': 'asks for the join token of the order instead',
  'health.live': 'is asked by whatever restarts processes',
  'health.ready': 'is asked by load balancers; says nothing but yes or no',
  'results.page': 'shows what somebody has published for everybody, and nothing else',
  'results.show': 'the same',
  'docs.openapi': 'the document is no secret',
  'docs.page': 'the document is no secret',
  'docs.style': 'the document is no secret',
};

const pathOf = (route: Route): string => route.path.replace(/:\w+/g, '00000000-0000-0000-0000-000000000000');

describe('every route of the table', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('every_route');
    await running.populate();
  });
  afterAll(() => running.stop());

  const statusOf = async (route: Route, token: string | null): Promise<number> => {
    const answer = await running.send(route.method, pathOf(route), {
      token,
      // Whether one may wait is answered before anything is waited for; what was not asked for is not worth the time.
      ...(route.staysOpen && route.method !== 'GET'
        ? { headers: { 'content-type': 'application/json' }, body: '{"timeout_s": 0}' }
        : { headers: {} }),
      stream: route.produces?.includes('text/event-stream') ?? false,
    });
    return answer.status;
  };

  it.each(allRoutes.map((route) => [route.id, route] as const))(
    '%s answers nobody who may not call it',
    async (_id, route) => {
      const unknown = await statusOf(route, `anneal_${'x'.repeat(43)}`);
      const nobody = await statusOf(route, null);
      if (route.allows === 'anyone') {
        expect(Object.keys(OPEN)).toContain(route.id);
        expect([401, 403]).not.toContain(route.id === 'setup.create' || route.id === 'sessions.create' ? 200 : nobody);
        return;
      }
      expect([nobody, unknown]).toEqual([401, 401]);
      for (const role of ROLES) {
        const status = await statusOf(route, await running.freshToken(role));
        if (route.allows.includes(role)) expect(status, `${role} may call ${route.id}`).not.toBe(401);
        else expect(status, `${role} may not call ${route.id}`).toBe(403);
      }
    },
  );

  it('says which methods there are where another one was used', async () => {
    const answer = await running.as.admin('POST', '/healthz');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET');
    expect((await running.as.admin('HEAD', '/healthz')).status).toBe(405);
  });

  it('has problem documents for what is nowhere, too large, of the wrong type, or no JSON', async () => {
    const { admin } = running.as;
    const answers = await Promise.all([
      admin('GET', 'nothing/here'),
      admin('POST', 'users', { body: JSON.stringify({ name: 'x'.repeat(1_100_000) }) }),
      admin('POST', 'users', { body: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      admin('POST', 'users', { body: '{"name": ' }),
      admin('GET', 'users/%E0%A4%A'),
      admin('POST', 'users', { body: '['.repeat(5_000) + ']'.repeat(5_000) }),
      admin('POST', 'users', { body: '{"__proto__": {"role": "admin"}, "name": "p", "role": "viewer"}' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 413, 415, 400, 400, 400, 400]);
    for (const { headers, body } of answers) {
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(body).toMatchObject({
        code: expect.any(String),
        detail: expect.any(String),
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
      expect(JSON.stringify(body)).not.toMatch(/\bat .*\.(ts|js):\d+/);
    }
  });

  it('says nothing that other pages or other sites could use', async () => {
    const answer = await running.as.admin('GET', 'self', { headers: { origin: 'https://evil.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('carries the caller’s trace to its answer and to its problems', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const answer = await running.as.admin('GET', 'users/nobody', {
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    });
    expect(answer.body.trace_id).toBe(traceId);
    expect(answer.headers.get('traceparent')).toContain(traceId);
  });
});
