import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf, startServer, type RunningServer } from './running-server.js';

const PASSWORD = 'correct horse battery staple';

describe('who may do what', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('access');
  });
  afterAll(() => running.stop());

  it('leaves an administrator’s token for its host, readable by nobody else', async () => {
    const path = join(running.home, 'admin-token');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const self = await callerOf(running.url, readFileSync(path, 'utf8').trim())('GET', 'self');
    expect(self.body).toMatchObject({ actor: 'token:host', role: 'admin' });
  });

  it('lets the holder of the one-time code make the first administrator, once', async () => {
    const code = /: (.+)$/.exec(running.server.say[0]!)![1]!;
    expect((await running.as.nobody('GET', 'setup')).body).toEqual({ needed: true });
    const wrong = await running.as.nobody('POST', 'setup', {
      body: { code: 'AAAA-BBBB-CCCC-DDDD', name: 'alice', password: PASSWORD },
    });
    expect(wrong.status).toBe(401);
    const made = await running.as.nobody('POST', 'setup', {
      body: { code: code.toLowerCase(), name: 'alice', password: PASSWORD },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'alice', role: 'admin', can_log_in: true });
    const again = await running.as.nobody('POST', 'setup', { body: { code, name: 'mallory', password: PASSWORD } });
    expect(again.status).toBe(409);
    expect((await running.as.nobody('GET', 'setup')).body).toEqual({ needed: false });
  });

  it('gives a session for a password, as a secret and as a cookie that scripts cannot read', async () => {
    const session = await running.as.nobody('POST', 'sessions', { body: { name: 'Alice', password: PASSWORD } });
    expect(session.status).toBe(201);
    const cookie = session.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const withCookie = await running.as.nobody('GET', 'self', { headers: { cookie: cookie.split(';')[0]! } });
    expect(withCookie.body).toMatchObject({ actor: 'alice', role: 'admin', user: { name: 'alice' } });
    const foreign = await running.as.nobody('POST', 'tokens', {
      body: { name: 'stolen' },
      headers: { cookie: cookie.split(';')[0]!, origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
    expect((await callerOf(running.url, session.body.secret)('DELETE', 'sessions/current')).status).toBe(204);
    expect((await callerOf(running.url, session.body.secret)('GET', 'self')).status).toBe(401);
  });

  it('keeps neither passwords nor the secrets of tokens', async () => {
    const made = await running.as.admin('POST', 'tokens', {
      body: { name: 'ci', role: 'viewer' },
      headers: { 'idempotency-key': 'secret-test' },
    });
    expect(made.body.secret).toMatch(/^anneal_[\w-]{43}$/);
    const repeated = await running.as.admin('POST', 'tokens', {
      body: { name: 'ci', role: 'viewer' },
      headers: { 'idempotency-key': 'secret-test' },
    });
    expect(repeated.body).toEqual({ ...made.body, secret: null });
    const tables = ['users', 'tokens', 'audit', 'idempotency_keys', 'settings', 'events', 'setup_code'];
    for (const table of tables) {
      const text = JSON.stringify(await running.query(`SELECT to_jsonb(t) AS row FROM ${table} t`));
      expect(text, table).not.toContain(made.body.secret);
      expect(text, table).not.toContain(PASSWORD);
    }
    const [user] = await running.query<{ password_hash: string }>(`SELECT password_hash FROM users`);
    expect(user!.password_hash).toMatch(/^\$argon2id\$/);
  });

  it('gives no token more rights than its owner has, whatever it was given once', async () => {
    const bob = await running.as.admin('POST', 'users', { body: { name: 'bob', role: 'operator' } });
    const token = await running.as.admin('POST', 'tokens', { body: { name: 'bobs', user: 'bob' } });
    const asBob = callerOf(running.url, token.body.secret);
    expect((await asBob('GET', 'self')).body.role).toBe('operator');
    expect((await asBob('POST', 'tokens', { body: { name: 'more', role: 'admin' } })).status).toBe(403);
    await running.as.admin('PATCH', 'users/bob', {
      body: { role: 'viewer' },
      headers: { 'if-match': bob.headers.get('etag')! },
    });
    expect((await asBob('GET', 'self')).body.role).toBe('viewer');
    await running.as.admin('PATCH', 'users/bob', { body: { locked: true }, headers: { 'if-match': '*' } });
    expect((await asBob('GET', 'self')).status).toBe(401);
  });

  it('keeps the last administrator who can log in', async () => {
    for (const request of [
      running.as.admin('DELETE', 'users/alice', { headers: { 'if-match': '*' } }),
      running.as.admin('PATCH', 'users/alice', { body: { locked: true }, headers: { 'if-match': '*' } }),
      running.as.admin('PATCH', 'users/alice', { body: { role: 'viewer' }, headers: { 'if-match': '*' } }),
    ])
      expect((await request).body).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('shuts the door for a while after many wrong passwords', async () => {
    const statuses = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      statuses.push(
        (await running.as.nobody('POST', 'sessions', { body: { name: 'victim', password: 'wrong' } })).status,
      );
    expect(statuses.slice(0, 3)).toEqual([401, 401, 401]);
    expect(statuses.at(-1)).toBe(429);
    const refused = await running.as.nobody('POST', 'sessions', { body: { name: 'victim', password: 'wrong' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('writes down who asked for which change and what came of it', async () => {
    const made = await running.as.admin('POST', 'users', { body: { name: 'carol', role: 'viewer' } });
    expect(made.status).toBe(201);
    const rows = await running.as.admin('GET', 'audit?limit=1');
    expect(rows.body.items[0]).toMatchObject({
      actor: 'token:host',
      action: 'users.create',
      subject: 'carol',
      status: 201,
    });
    expect(made.headers.get('traceparent')).toContain(rows.body.items[0].request);
  });

  it('writes that in the transaction of the change: neither is there without the other', async () => {
    const { dataSource } = running.server.assembly;
    const [{ same }] = await dataSource.query(
      `SELECT (SELECT xmin FROM users WHERE name = 'carol')::text = (SELECT xmin FROM audit WHERE action = 'users.create' AND subject = 'carol')::text AS same`,
    );
    expect(same).toBe(true);
    await dataSource.query(`ALTER TABLE audit ADD CONSTRAINT full_disk CHECK (action <> 'groups.create') NOT VALID`);
    const before = running.faults.length;
    const refused = await running.as.admin('POST', 'groups', { body: { name: 'unseen' } });
    await dataSource.query('ALTER TABLE audit DROP CONSTRAINT full_disk');
    expect(refused.status).toBe(500);
    expect((await running.as.admin('GET', 'groups')).body.items).toEqual([]);
    // The fault itself, and that it could not be written down either.
    expect(running.faults.splice(before)).toHaveLength(2);
  });

  it('writes one row for each request, with what it was refused for', async () => {
    const rows = async () => (await running.as.admin('GET', 'audit?limit=1000')).body.items as { action: string }[];
    const before = (await rows()).length;
    await running.as.admin('POST', 'groups', { body: { name: 'seen' } });
    await running.as.admin('POST', 'groups', { body: { name: 'seen' } });
    await running.as.admin('POST', 'groups', { body: { name: 7 } });
    const after = await rows();
    expect(after.slice(0, after.length - before)).toMatchObject([
      { action: 'groups.create', status: 400, detail: { refused: 'invalid' } },
      { action: 'groups.create', status: 409, subject: 'seen', detail: { refused: 'already-exists' } },
      { action: 'groups.create', status: 201, subject: 'seen', detail: { fields: ['name'] } },
    ]);
  });

  it('lets two who each remove the other administrator not both succeed', async () => {
    await running.as.admin('POST', 'users', { body: { name: 'dora', role: 'admin', password: PASSWORD } });
    const answers = await Promise.all(
      ['alice', 'dora'].map((name) => running.as.admin('DELETE', `users/${name}`, { headers: { 'if-match': '*' } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(running.faults).toEqual([]);
  });
});
