import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './running-server.js';

describe('two requests at once', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('races');
  });
  afterAll(() => running.stop());
  const count = async (table: string): Promise<number> =>
    Number((await running.query<{ count: string }>(`SELECT count(*) FROM ${table}`))[0]!.count);

  it('that change the same version: one does, the other is told that it was changed meanwhile', async () => {
    const made = await running.as.admin('POST', 'users', { body: { name: 'edna', role: 'viewer' } });
    const etag = made.headers.get('etag')!;
    for (let round = 0; round < 10; round += 1) {
      const current = (await running.as.admin('GET', 'users/edna')).headers.get('etag')!;
      const answers = await Promise.all(
        ['one', 'two', 'three'].map((display) =>
          running.as.admin('PATCH', 'users/edna', { body: { display }, headers: { 'if-match': current } }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
      const won = answers.find(({ status }) => status === 200)!;
      expect((await running.as.admin('GET', 'users/edna')).body.display).toBe(won.body.display);
    }
    expect(
      (await running.as.admin('PATCH', 'users/edna', { body: { display: 'late' }, headers: { 'if-match': etag } }))
        .body,
    ).toMatchObject({ status: 412, code: 'stale-version' });
    expect((await running.as.admin('PATCH', 'users/edna', { body: { display: 'blind' } })).body).toMatchObject({
      status: 428,
      code: 'version-required',
    });
  });

  it('with one Idempotency-Key: one effect, one answer', async () => {
    const before = await count('users');
    const send = () =>
      running.as.admin('POST', 'users', {
        body: { name: 'ida', role: 'viewer' },
        headers: { 'idempotency-key': 'make-ida' },
      });
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    for (const { status, headers } of answers) {
      expect([201, 409]).toContain(status);
      if (status === 409) expect(headers.get('retry-after')).toBe('1');
    }
    const later = await send();
    expect(later.status).toBe(201);
    expect(later.headers.get('idempotency-replayed')).toBe('true');
    expect(later.headers.get('etag')).toBe('"1"');
    expect(answers.filter(({ status }) => status === 201).every(({ body }) => body.id === later.body.id)).toBe(true);
    expect(await count('users')).toBe(before + 1);
  });

  it('with one Idempotency-Key and different bodies: the second is no repetition', async () => {
    const headers = { 'idempotency-key': 'make-iris' };
    expect((await running.as.admin('POST', 'users', { body: { name: 'iris', role: 'viewer' }, headers })).status).toBe(
      201,
    );
    expect(
      (await running.as.admin('POST', 'users', { body: { name: 'iris', role: 'operator' }, headers })).body,
    ).toMatchObject({ status: 422, code: 'idempotency-mismatch' });
  });

  it('of two callers with the same Idempotency-Key: they have nothing to do with one another', async () => {
    const headers = { 'idempotency-key': 'shared' };
    const one = await running.as.admin('POST', 'tokens', { body: { name: 'a' }, headers });
    const other = await running.as.viewer('POST', 'tokens', { body: { name: 'a' }, headers });
    expect([one.status, other.status]).toEqual([201, 201]);
    expect(one.body.id).not.toBe(other.body.id);
  });

  it('a refused request leaves its Idempotency-Key free, for nothing was done', async () => {
    const send = (name: string) =>
      running.as.admin('POST', 'users', {
        body: { name, role: 'viewer' },
        headers: { 'idempotency-key': `make-${name}` },
      });
    await running.as.admin('POST', 'users', { body: { name: 'jo', role: 'viewer' } });
    expect((await send('jo')).status).toBe(409);
    await running.as.admin('DELETE', 'users/jo', { headers: { 'if-match': '*' } });
    expect((await send('jo')).status).toBe(201);
  });

  it('that make the same thing without a key: one does', async () => {
    const before = await count('users');
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => running.as.admin('POST', 'users', { body: { name: 'twin', role: 'viewer' } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(await count('users')).toBe(before + 1);
    expect(running.faults).toEqual([]);
  });
});
