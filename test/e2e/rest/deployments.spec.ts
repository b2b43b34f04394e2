import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRUIT, NODE } from './populate.js';
import { startServer, type RunningServer } from './running-server.js';

const ANY = { 'if-match': '*' };

describe('deployments', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('deployments');
    const { admin } = running.as;
    await admin('POST', 'barclamps', { body: FRUIT, headers: { 'content-type': 'application/yaml' } });
    await admin('POST', 'deployments', { body: { name: 'orchard', priority: 5 } });
    await admin('POST', 'nodes', { body: { name: NODE, deployment: 'orchard', probed: false, alive: true } });
  });
  afterAll(async () => {
    expect(running.faults).toEqual([]);
    await running.stop();
  });

  it('are bound at once, previewed, committed as previewed, and remembered', async () => {
    const { operator, viewer } = running.as;
    const bound = await operator('POST', 'deployments/orchard/bulk', {
      body: { bind: [{ role: 'pear', node: NODE }] },
    });
    expect(bound.body.created.map(({ name }: { name: string }) => name)).toEqual([`apple@${NODE}`, `pear@${NODE}`]);
    expect((await viewer('GET', 'deployments/orchard')).body).toMatchObject({
      state: 'proposed',
      wish: 'proposed',
      node_roles: { proposed: 2 },
      snapshot: 0,
    });
    const preview = await viewer('POST', 'deployments/orchard/preview', { body: {} });
    expect(preview.body).toMatchObject({
      destructive: [],
      rerun: [],
      order: [[{ name: `apple@${NODE}` }], [{ name: `pear@${NODE}` }]],
    });
    const committed = await operator('PUT', 'deployments/orchard/commit', { body: { note: 'the first' } });
    expect(committed.status).toBe(202);
    expect(committed.body).toMatchObject({
      committed: preview.body.added.length,
      rerun: 0,
      rollout: null,
      snapshot: { number: 1, note: 'the first', created_by: 'token:test-operator' },
    });
    expect((await viewer('GET', 'deployments/orchard/snapshots')).body.items).toMatchObject([{ number: 1 }]);
    const graph = (await viewer('GET', 'deployments/orchard/graph')).body;
    expect(graph.node_roles.map(({ role, state }: { role: string; state: string }) => [role, state]).sort()).toEqual([
      ['apple', 'todo'],
      ['pear', 'blocked'],
    ]);
    expect(graph.edges).toHaveLength(1);
  });

  it('show where a value comes from, and what it will be after the next commit', async () => {
    const { operator, viewer } = running.as;
    const set = await operator('PUT', 'deployment_roles/apple@orchard/attribs/crates', { body: { value: 7 } });
    expect(set.body).toMatchObject({
      changed: true,
      counts: 'at-commit',
      attrib: { name: 'crates', proposed: { value: 7 } },
    });
    const { body } = await viewer('GET', `node_roles/apple@${NODE}/attribs/crates`);
    expect(body).toMatchObject({ value: 3, is_set: true, secret: false, proposed: { value: 7 } });
    expect(body.provenance.length).toBeGreaterThan(0);
    const secret = await viewer('GET', `node_roles/apple@${NODE}/attribs/recipe`);
    expect(secret.body).toMatchObject({ secret: true, is_set: true });
    expect(JSON.stringify(secret.body)).not.toContain('grandmother');
    await operator('PUT', 'deployments/orchard/commit');
    const after = (await viewer('GET', `node_roles/apple@${NODE}/attribs/crates`)).body;
    expect(after.value).toBe(7);
    expect(after.provenance[0]).toMatchObject({ object: expect.stringContaining('apple'), by: 'token:test-operator' });
  });

  it('compare their commits and propose an earlier one again', async () => {
    const { operator, viewer } = running.as;
    const { body: diff } = await viewer('GET', 'deployments/orchard/snapshots/1/diff?to=2');
    expect(JSON.stringify(diff.deployment_roles)).toContain('crates');
    const again = await operator('PUT', 'deployments/orchard/snapshots/1/propose');
    expect(again.status).toBe(200);
    expect(again.body.deployment).toMatchObject({ name: 'orchard' });
    expect((await operator('PUT', 'deployments/orchard/commit')).body.snapshot.number).toBe(3);
    expect((await viewer('GET', `node_roles/apple@${NODE}/attribs/crates`)).body.value).toBe(3);
  });

  it('are recalled, and deleted with all that is theirs while their nodes go back', async () => {
    const { operator, viewer } = running.as;
    expect((await operator('PUT', 'deployments/orchard/recall')).body).toMatchObject({ wish: 'proposed' });
    const deleted = await operator('DELETE', 'deployments/orchard', { headers: ANY });
    expect(deleted.body).toMatchObject({ deleted: 'orchard', returned: [NODE] });
    expect((await viewer('GET', `nodes/${NODE}`)).body).toMatchObject({ deployment: 'system' });
  });

  it('come from barclamps that are sent as text or as an archive with their scripts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anneal-barclamp-'));
    try {
      mkdirSync(join(folder, 'berries/roles/berry'), { recursive: true });
      writeFileSync(
        join(folder, 'berries/barclamp.yml'),
        'name: berries\ndescription: For tests.\nversion: "1"\nroles:\n  - { name: berry, jig: script, description: Picks. }\n',
      );
      writeFileSync(join(folder, 'berries/roles/berry/10-pick.sh'), '#!/bin/sh\necho "one; two"\n');
      const archive = execFileSync('tar', ['-C', folder, '-cz', 'berries']);
      const send = () =>
        running.as.admin('POST', 'barclamps', {
          body: new Uint8Array(archive),
          headers: { 'content-type': 'application/x-tar' },
        });
      const imported = await send();
      expect(imported.status, JSON.stringify(imported.body)).toBe(201);
      expect(imported.body).toMatchObject({
        changed: true,
        barclamp: { name: 'berries', roles: ['berry'] },
        outline: { created: ['berry'] },
      });
      expect((await send()).body).toMatchObject({ changed: false });
      expect((await running.as.viewer('GET', 'roles/berry/files')).body.items).toEqual([
        { path: '10-pick.sh', content: '#!/bin/sh\necho "one; two"\n' },
      ]);
      expect(
        (
          await running.as.operator('POST', 'barclamps', {
            body: FRUIT,
            headers: { 'content-type': 'application/yaml' },
          })
        ).status,
      ).toBe(403);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('have settings around them that only an administrator changes', async () => {
    const { admin, operator, viewer } = running.as;
    const before = await viewer('GET', 'settings/runs_at_once_max');
    expect(before.body).toMatchObject({ value: 10, fallback: 10 });
    expect((await operator('PATCH', 'settings/runs_at_once_max', { body: { value: 20 }, headers: ANY })).status).toBe(
      403,
    );
    const changed = await admin('PATCH', 'settings/runs_at_once_max', {
      body: { value: 20 },
      headers: { 'if-match': before.headers.get('etag')! },
    });
    expect(changed.body).toMatchObject({ value: 20 });
    expect(
      (
        await admin('PATCH', 'settings/runs_at_once_max', {
          body: { value: 30 },
          headers: { 'if-match': before.headers.get('etag')! },
        })
      ).status,
    ).toBe(412);
  });
});
