import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './running-server.js';

describe('what happened', () => {
  let server: RunningServer;
  let before: string;
  beforeAll(async () => {
    server = await startServer('past');
    const { admin } = server.as;
    const imported = await admin('POST', 'barclamps', {
      body: 'name: past\nroles:\n  - { name: past-role, jig: noop }\n',
      headers: { 'content-type': 'application/yaml' },
    });
    expect(imported.status).toBe(201);
    await admin('POST', 'deployments', { body: { name: 'old' } });
    before = new Date().toISOString();
    for (const name of ['p1.past.test', 'p2.past.test'])
      await admin('POST', 'nodes', { body: { name, alive: true, probed: false } });
    const bound = await admin('POST', 'deployments/old/bulk', {
      body: { bind: [{ role: 'past-role', node: 'p1.past.test' }] },
    });
    expect(bound.status, JSON.stringify(bound.body)).toBe(200);
  });
  afterAll(() => server?.stop());

  it('is told of a node, of a deployment and of everything, the newest first', async () => {
    const { viewer } = server.as;
    const [ofNode, ofDeployment, ofAll] = await Promise.all(
      ['nodes/p1.past.test/timeline', 'deployments/old/timeline', 'anneal/timeline?limit=500'].map(
        async (path) => (await viewer('GET', path)).body.items as { kind: string; node: string | null; at: string }[],
      ),
    );
    expect(new Set(ofNode?.map(({ node }) => node))).toEqual(new Set(['p1.past.test']));
    expect(ofDeployment?.map(({ kind }) => kind)).toContain('node_role.proposed');
    expect(ofDeployment?.some(({ kind }) => kind === 'node.created')).toBe(false);
    expect(ofAll?.filter(({ kind }) => kind === 'node.created').map(({ node }) => node)).toEqual(
      expect.arrayContaining(['p1.past.test', 'p2.past.test']),
    );
    expect(ofAll?.map(({ at }) => at)).toEqual(
      [...(ofAll ?? [])]
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    expect((await viewer('GET', 'deployments/none/timeline')).status).toBe(404);
  });

  it('can be gone back to: a node is as it was at a moment', async () => {
    const { admin, viewer } = server.as;
    const between = new Date().toISOString();
    const node = (await admin('GET', 'nodes/p1.past.test')).body;
    const held = await admin('PATCH', 'nodes/p1.past.test', {
      body: { available: false },
      headers: { 'if-match': `"${node.version}"`, 'content-type': 'application/merge-patch+json' },
    });
    expect(held.status, JSON.stringify(held.body)).toBe(200);
    expect((await admin('PUT', 'deployments/old/commit', { body: {} })).status).toBe(202);
    const then = async (at: string) =>
      (await viewer('GET', `nodes/p1.past.test/past?at=${encodeURIComponent(at)}`)).body;
    expect(await then(before)).toMatchObject({ there: false, node_roles: [] });
    expect(await then(between)).toMatchObject({
      there: true,
      available: true,
      state: 'proposed',
      node_roles: [{ name: 'past-role@p1.past.test', state: 'proposed' }],
    });
    const now = await then(new Date().toISOString());
    expect(now.available).toBe(false);
    expect(now.state).not.toBe('proposed');
    expect((await viewer('GET', 'nodes/p1.past.test/past?at=soon')).status).toBe(400);
  });
});
