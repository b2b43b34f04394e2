import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './running-server.js';

const ANY = { 'if-match': '*' };
const ACCESS = { auth_url: 'https://cloud.example:5000/v3', user: 'anneal', project: 'metal' };

describe('providers', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('providers');
  });
  afterAll(() => running.stop());

  it('are declared by administrators, and never show their secret', async () => {
    const body = { name: 'acme', access: ACCESS, secret: 'of the cloud', wish: { image: 'debian-12' } };
    expect((await running.as.operator('POST', 'providers', { body })).status).toBe(403);
    const made = await running.as.admin('POST', 'providers', { body });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body).toMatchObject({ name: 'acme', access: ACCESS, wish: { image: 'debian-12' }, nodes: 0 });
    expect(JSON.stringify(made.body)).not.toContain('of the cloud');
    const [row] = await running.query<{ secret: string }>('SELECT secret FROM providers');
    expect(row!.secret).not.toContain('of the cloud');
  });

  it.each([
    [{ ...ACCESS, auth_url: 'https://user:password@cloud.example/v3' }, /auth_url/],
    [{ auth_url: ACCESS.auth_url }, /user and project, or application_credential/],
    [{ ...ACCESS, password: 'in the wrong place' }, /./],
  ])('are refused with an access of %j', async (access, says) => {
    const made = await running.as.admin('POST', 'providers', { body: { name: 'wrong', access, secret: 'x' } });
    expect(made.status).toBe(400);
    expect(made.body.detail).toMatch(says);
  });

  it('are asked for nodes, which are told step by step and given back', async () => {
    const made = await running.as.operator('POST', 'providers/acme/nodes', { body: { wish: { vcpus: 2 } } });
    expect(made.status, JSON.stringify(made.body)).toBe(202);
    expect(made.body).toMatchObject({
      provider: 'acme',
      name: expect.stringMatching(/^acme-[0-9a-f]{6}\.anneal\.internal$/),
      state: 'asked',
      step: 'add-key',
      wish: { vcpus: 2 },
      steps: [],
    });
    const listed = await running.as.viewer('GET', 'providers/acme/nodes');
    expect(listed.body.items).toHaveLength(1);
    expect((await running.as.admin('DELETE', 'providers/acme', { headers: ANY })).body.code).toBe('still-bound');
    const back = await running.as.operator('DELETE', `providers/acme/nodes/${made.body.name}`);
    expect(back.status).toBe(202);
    expect(back.body).toMatchObject({ state: 'returning', step: null });
    const report = await running.as.viewer('GET', 'providers/acme/report');
    expect(report.body.steps).toHaveLength(8);
    expect(report.body.steps[0]).toMatchObject({ step: 'add-key', answer: null, yes: 0 });
    expect((await running.as.viewer('GET', 'providers/acme/offer')).body).toMatchObject({ images: [], read_at: null });
    expect((await running.as.viewer('GET', 'providers/acme/nodes/nobody')).status).toBe(404);
  });
});
