import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './running-server.js';

const SECRET = 'dGhlIHNlY3JldCBvZiB0aGUga2V5IHRoYXQgc2lnbnM=';

describe('DNS', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('dns');
    await running.populate();
  });
  afterAll(async () => {
    expect(running.faults).toEqual([]);
    await running.stop();
  });

  const served = async (filter: string): Promise<string[]> => {
    const { status, body } = await running.as.viewer('GET', `dns/records?filter=${encodeURIComponent(filter)}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.items.map(({ name, type, value }: Record<string, string>) => `${name} ${type} ${value}`);
  };

  it('serves a record from the moment it was written, and no longer than it is there', async () => {
    const { operator, viewer } = running.as;
    expect((await operator('POST', 'dns/zones', { body: { domain: 'shop.example', ttl: 60 } })).status).toBe(201);
    const made = await operator('POST', 'dns/zones/shop.example/records', {
      body: { name: '@', type: 'MX', value: '10 mail' },
    });
    expect(made.body).toMatchObject({ zone: 'shop.example', name: '@', type: 'MX', ttl: null, value: '10 mail' });
    expect(await served('zone eq shop.example and type ne SOA')).toEqual(['shop.example MX 10 mail.shop.example.']);
    expect((await viewer('GET', 'dns/zones/shop.example')).body).toMatchObject({ ttl: 60, records: 1 });
    expect((await operator('DELETE', `dns/zones/shop.example/records/${made.body.id}`)).status).toBe(204);
    expect(await served('zone eq shop.example and type ne SOA')).toEqual([]);
  });

  it('pages through what it serves without leaving anything out', async () => {
    const { operator, viewer } = running.as;
    await operator('POST', 'dns/zones', { body: { domain: 'many.example' } });
    for (let index = 0; index < 7; index += 1)
      await operator('POST', 'dns/zones/many.example/records', {
        body: { name: `h${index}`, type: 'A', value: `192.0.2.${index}` },
      });
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await viewer(
        'GET',
        `dns/records?limit=3&filter=${encodeURIComponent('zone eq many.example and type eq A')}${cursor && `&cursor=${cursor}`}`,
      );
      names.push(...body.items.map(({ name }: { name: string }) => name));
      cursor = body.next_cursor;
    }
    expect(names).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `h${index}.many.example`));
  });

  it('lets an alias stand alone at its name', async () => {
    const { operator } = running.as;
    const records = 'dns/zones/orchard.example/records';
    const beside = await operator('POST', records, { body: { name: 'www', type: 'CNAME', value: 'web' } });
    expect([beside.status, beside.body.code]).toEqual([409, 'conflict']);
    expect((await operator('POST', records, { body: { name: 'alias', type: 'CNAME', value: 'www' } })).status).toBe(
      201,
    );
    expect((await operator('POST', records, { body: { name: 'alias', type: 'TXT', value: 'x' } })).body.code).toBe(
      'conflict',
    );
    expect((await operator('POST', records, { body: { name: '@', type: 'CNAME', value: 'www' } })).status).toBe(400);
  });

  it.each([
    ['dns/filters', { name: 'f', template: '{{node.colour}}' }, 'there is no token "node.colour"'],
    [
      'dns/filters',
      { name: 'f', template: '{{node.name}}', matcher: 'net.colour == "red"' },
      'there is no "net.colour"',
    ],
    ['dns/zones', { domain: 'Upper.example' }, 'is no domain'],
    ['dns/zones', { domain: 'f.example', forwarders: ['name.example'] }, 'is no address'],
    ['dns/zones', { domain: '.' }, 'give it forwarders'],
    ['dns/zones/orchard.example/records', { name: 'a', type: 'A', value: 'fd00::1' }, 'is no IPv4 address'],
    ['dns/zones/orchard.example/records', { name: 'a.other.', type: 'A', value: '192.0.2.1' }, 'is no name in zone'],
    ['external_services', { name: 'x', kind: 'ntp' }, 'give its addresses'],
  ])('refuses with what is wrong: POST %s %j', async (path, body, says) => {
    const refused = await running.as.operator('POST', path, { body });
    expect(refused.status, JSON.stringify(refused.body)).toBe(400);
    expect(refused.body.detail).toContain(says);
  });

  it('makes names by filters, which are changed with the version that was seen', async () => {
    const { operator, viewer } = running.as;
    const shown = await viewer('GET', 'dns/filters/default');
    expect(shown.body).toMatchObject({ matcher: 'net.category == "admin"', template: '{{node.name}}' });
    const etag = shown.headers.get('etag')!;
    const changed = await operator('PATCH', 'dns/filters/default', {
      body: { priority: 7 },
      headers: { 'if-match': etag },
    });
    expect(changed.body).toMatchObject({ priority: 7 });
    const stale = await operator('PATCH', 'dns/filters/default', {
      body: { priority: 8 },
      headers: { 'if-match': etag },
    });
    expect(stale.status).toBe(412);
  });

  it('keeps the secret of a server’s key to itself', async () => {
    const { admin, operator, viewer } = running.as;
    const body = { name: 'site', address: '192.0.2.9', zones: ['shop.example'], key_name: 'k', key_secret: SECRET };
    expect((await operator('POST', 'dns/servers', { body })).status).toBe(403);
    const made = await admin('POST', 'dns/servers', { body });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ key_algorithm: 'hmac-sha256', active: true, failures: 0, records: 0 });
    const seen = JSON.stringify([
      made.body,
      (await viewer('GET', 'dns/servers')).body,
      (await admin('GET', 'audit')).body,
    ]);
    expect(seen).not.toContain(SECRET);
    const weak = await admin('POST', 'dns/servers', { body: { ...body, name: 'weak', key_secret: 'c2hvcnQ=' } });
    expect(weak.body.detail).toContain('at least 16 octets');
  });
});
