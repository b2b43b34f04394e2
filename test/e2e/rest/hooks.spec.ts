import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deadLetters, hooks } from '#api-types';
import { openWorkshop, type Workshop } from './workshop.js';

const ANY = { 'if-match': '*' };
const KEY = 'a key of sixteen letters or more';

describe('hooks', () => {
  let shop: Workshop;
  let receiver: Server;
  let url: string;
  const heard: { headers: Record<string, unknown>; body: string }[] = [];
  beforeAll(async () => {
    shop = await openWorkshop('hooks');
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        heard.push({ headers: request.headers, body });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/heard`;
  });
  afterAll(async () => {
    expect(shop.faults).toEqual([]);
    await shop.stop();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  it('are an administrator’s affair: whoever sees the address of one could speak in its name', async () => {
    const made = await shop.admin('POST', 'hooks', {
      body: { name: 'ears', selector: { kind: 'node.*' }, sink: { kind: 'webhook', url }, signing_key: KEY },
    });
    expect(made.status).toBe(201);
    expect(made.headers.get('etag')).toBe('"1"');
    expect(made.body).toMatchObject({
      name: 'ears',
      role: null,
      selector: { kind: 'node.*' },
      sink: { kind: 'webhook', url },
      signed: true,
      active: true,
      failures: 0,
      dead_letters: 0,
      deadline_ms: 10_000,
    });
    for (const caller of [shop.operator, shop.viewer])
      expect(
        (
          await Promise.all([
            caller('GET', 'hooks'),
            caller('GET', 'hooks/ears'),
            caller('POST', 'hooks', { body: {} }),
            caller('DELETE', 'hooks/ears'),
          ])
        ).map(({ status }) => status),
      ).toEqual([403, 403, 403, 403]);
  });

  it('are listed and found by name and by id', async () => {
    const { items } = (await shop.admin('GET', 'hooks')).body;
    expect(items.map(({ role }: { role: string | null }) => role)).toEqual([null, 'test-watcher']);
    expect((await shop.admin('GET', `hooks/${items[0].id}`)).body).toEqual(
      (await shop.admin('GET', 'hooks/ears')).body,
    );
    expect((await shop.admin('GET', 'hooks/nose')).status).toBe(404);
    const values = {
      id: items[0].id,
      text: 'x',
      number: '1',
      boolean: 'true',
      time: '2026-01-01T00:00:00Z',
      texts: 'x',
    };
    for (const [field, kind] of Object.entries(hooks.fields))
      expect(
        (await shop.admin('GET', `hooks?filter=${encodeURIComponent(`${field} eq ${values[kind]}`)}`)).status,
        field,
      ).toBe(200);
    for (const field of hooks.sorts) expect((await shop.admin('GET', `hooks?sort=${field}`)).status, field).toBe(200);
  });

  it('never show the key that they sign with', async () => {
    const answers = await Promise.all(
      ['hooks', 'hooks/ears', 'events?limit=1000', 'audit'].map((path) => shop.admin('GET', path)),
    );
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain(KEY);
    }
  });

  it('hear of what happens, signed', async () => {
    await shop.work();
    await shop.makeNodes('heard.example.com');
    await expect
      .poll(() => heard.map(({ body }) => JSON.parse(body).kind), { timeout: 20_000 })
      .toContain('node.created');
    expect(JSON.stringify(heard[0]!.headers)).toMatch(/signature/i);
    expect(JSON.stringify(heard)).not.toContain(KEY);
  });

  it('are changed by a merge patch of whoever has seen the last version', async () => {
    expect((await shop.admin('PATCH', 'hooks/ears', { body: { active: false } })).status).toBe(428);
    expect(
      (await shop.admin('PATCH', 'hooks/ears', { body: { active: false }, headers: { 'if-match': '"99"' } })).status,
    ).toBe(412);
    const merged = await shop.admin('PATCH', 'hooks/ears', {
      body: { selector: { node: 'heard.*' }, deadline_ms: 500 },
      headers: { 'if-match': '"1"' },
    });
    expect(merged.body).toMatchObject({
      selector: { kind: 'node.*', node: 'heard.*' },
      deadline_ms: 500,
      signed: true,
      active: true,
      version: 2,
    });
    const less = await shop.admin('PATCH', 'hooks/ears', {
      body: { selector: { kind: null }, signing_key: null, active: false },
      headers: { 'if-match': '"2"' },
    });
    expect(less.body).toMatchObject({
      selector: { node: 'heard.*' },
      sink: { kind: 'webhook', url },
      signed: false,
      active: false,
    });
    expect(less.body.selector).toEqual({ node: 'heard.*' });
  });

  it('are refused with names, addresses and selectors that are none, and twice', async () => {
    const body = { name: 'other', sink: { kind: 'webhook', url } };
    const refused = await Promise.all([
      shop.admin('POST', 'hooks', { body: { ...body, name: 'with blank' } }),
      shop.admin('POST', 'hooks', { body: { ...body, sink: { kind: 'webhook', url: 'ftp://x' } } }),
      shop.admin('POST', 'hooks', { body: { ...body, sink: { kind: 'webhook', url: 'http://user:password@x' } } }),
      shop.admin('POST', 'hooks', { body: { ...body, sink: { kind: 'rerun' } } }),
      shop.admin('POST', 'hooks', { body: { ...body, selector: { weather: 'rain' } } }),
      shop.admin('POST', 'hooks', { body: { ...body, deadline_ms: 1 } }),
      shop.admin('POST', 'hooks', { body: { ...body, signing_key: 'short' } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400, 400]);
    const twice = await shop.admin('POST', 'hooks', { body: { ...body, name: 'ears' } });
    expect([twice.status, twice.body.code]).toEqual([409, 'already-exists']);
  });

  it('that come with a role stay as the role says, and can be switched off', async () => {
    const { items } = (await shop.admin('GET', `hooks?filter=${encodeURIComponent('role eq test-watcher')}`)).body;
    const path = `hooks/${items[0].id}`;
    expect(
      (await shop.admin('PATCH', path, { body: { selector: { kind: 'deployment.*' } }, headers: ANY })).status,
    ).toBe(400);
    expect((await shop.admin('DELETE', path, { headers: ANY })).body).toMatchObject({
      status: 409,
      code: 'still-bound',
    });
    expect((await shop.admin('PATCH', path, { body: { active: false }, headers: ANY })).body).toMatchObject({
      active: false,
      role: 'test-watcher',
      sink: { kind: 'rerun' },
    });
  });

  it('have what they could not be told of listed, and told once more on request', async () => {
    const letter = { seq: 1, at: '2026-01-01T00:00:00Z', kind: 'node.created', node: 'lost.example.com', data: {} };
    await shop.admin('PATCH', 'hooks/ears', { body: { active: true, deadline_ms: 10_000 }, headers: ANY });
    await shop.server.assembly.dataSource.query(
      `INSERT INTO hook_dead_letters (hook_id, seq, error, event) SELECT id, 1, 'it answered 500', $1 FROM hooks WHERE name = 'ears'`,
      [JSON.stringify(letter)],
    );
    expect((await shop.admin('GET', 'hooks/ears')).body.dead_letters).toBe(1);
    expect((await shop.admin('GET', 'hooks/ears/dead_letters')).body.items).toEqual([
      {
        event: 1,
        kind: 'node.created',
        at: '2026-01-01T00:00:00.000Z',
        buried_at: expect.any(String),
        error: 'it answered 500',
        wanted: false,
      },
    ]);
    const values = { number: '1', text: 'x', time: '2026-01-01T00:00:00Z', boolean: 'true' };
    for (const [field, kind] of Object.entries(deadLetters.fields))
      expect(
        (await shop.admin('GET', `hooks/ears/dead_letters?filter=${encodeURIComponent(`${field} eq ${values[kind]}`)}`))
          .status,
        field,
      ).toBe(200);
    for (const field of deadLetters.sorts)
      expect((await shop.admin('GET', `hooks/ears/dead_letters?sort=${field}`)).status, field).toBe(200);
    expect((await shop.operator('PUT', 'hooks/ears/dead_letters/retry')).status).toBe(403);
    expect((await shop.admin('PUT', 'hooks/ears/dead_letters/retry', { body: { events: [2] } })).body).toMatchObject({
      status: 404,
      fields: { events: [2] },
    });
    const retried = await shop.admin('PUT', 'hooks/ears/dead_letters/retry');
    expect([retried.status, retried.body]).toEqual([202, { wanted: 1 }]);
    await expect
      .poll(() => heard.map(({ body }) => JSON.parse(body).node), { timeout: 20_000 })
      .toContain('lost.example.com');
    await expect
      .poll(async () => (await shop.admin('GET', 'hooks/ears')).body.dead_letters, { timeout: 20_000 })
      .toBe(0);
  });

  it('go when they are deleted', async () => {
    expect((await shop.admin('DELETE', 'hooks/ears')).status).toBe(428);
    expect((await shop.admin('DELETE', 'hooks/ears', { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await shop.admin('DELETE', 'hooks/ears', { headers: ANY })).status).toBe(204);
    expect((await shop.admin('GET', 'hooks/ears')).status).toBe(404);
  });
});
