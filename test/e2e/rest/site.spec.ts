import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './running-server.js';

const SITE = {
  admin_node: { name: 'admin.example.test' },
  networks: [
    {
      name: 'admin',
      conduit: '1g0',
      domain: 'example.test',
      ranges: [
        { name: 'host', first: '192.168.124.10/24', last: '192.168.124.99/24' },
        { name: 'dhcp', first: '192.168.124.100/24', last: '192.168.124.199/24' },
      ],
      router: { address: '192.168.124.1/24', pref: 10 },
    },
  ],
  dns_zones: [{ domain: '.', forwarders: ['9.9.9.9'] }],
  external_services: [{ name: 'time', kind: 'ntp', addresses: ['192.168.124.1'] }],
  settings: { runs_at_once_max: 25, package_mirror: 'http://mirror.example.test/debian' },
  attribs: { 'network-server': { greeting: 'welcome' } },
};

describe('a site', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('site');
    const imported = await server.as.admin('POST', 'barclamps', {
      body: 'name: network\nroles:\n  - name: network-server\n    jig: noop\n    attribs:\n      - { name: greeting, schema: { type: string }, default: hello }\n',
      headers: { 'content-type': 'application/yaml' },
    });
    expect(imported.status).toBe(201);
  });
  afterAll(() => server?.stop());

  const what = (body: { changes: { what: string; change: string }[] }) =>
    Object.fromEntries(body.changes.map(({ what: each, change }) => [each, change]));

  it('is previewed without a trace, then made whole, and made again without a change', async () => {
    const { admin } = server.as;
    const preview = await admin('POST', 'site/preview', { body: SITE });
    expect(preview, JSON.stringify(preview.body)).toMatchObject({ status: 200 });
    const expected = {
      'setting runs_at_once_max': 'changed',
      'setting package_mirror': 'changed',
      'attribute greeting of role network-server': 'changed',
      'external service time': 'made',
      'network admin': 'made',
      'zone .': 'made',
      'admin node admin.example.test': 'made',
    };
    expect(what(preview.body)).toEqual(expected);
    expect((await admin('GET', 'networks')).body.items).toEqual([]);

    const made = await admin('PUT', 'site', { body: SITE });
    expect(what(made.body)).toEqual(expected);
    const network = (await admin('GET', 'networks/admin')).body;
    expect(network.v6prefix).toMatch(/^fd/);
    expect((await admin('GET', 'nodes/admin.example.test')).body.admin).toBe(true);

    const again = await admin('PUT', 'site', { body: SITE });
    expect(new Set(Object.values(what(again.body)))).toEqual(new Set(['same']));
  });

  it('is shown as the document that makes the same', async () => {
    const { admin } = server.as;
    const reply = await admin('GET', 'site');
    expect(reply, server.faults.join()).toMatchObject({ status: 200 });
    const shown = reply.body;
    expect(shown.networks[0].ranges).toEqual(
      expect.arrayContaining([expect.objectContaining(SITE.networks[0]!.ranges[0])]),
    );
    expect(shown).toMatchObject({ attribs: SITE.attribs, settings: SITE.settings });
    const again = await admin('PUT', 'site', { body: shown });
    expect(again.status).toBe(200);
    expect(new Set(Object.values(what(again.body)))).toEqual(new Set(['same']));
  });

  it('changes what is said otherwise, and says it from and to', async () => {
    const { admin } = server.as;
    const made = await admin('PUT', 'site', {
      body: {
        networks: [
          {
            name: 'admin',
            conduit: '1g0',
            mtu: 9000,
            ranges: [{ name: 'host', first: '192.168.124.20/24', last: '192.168.124.99/24' }],
          },
        ],
      },
    });
    expect(made.body.changes).toEqual([
      {
        what: 'network admin',
        change: 'changed',
        fields: [
          { field: 'mtu', before: null, after: 9000 },
          {
            field: 'range host',
            before: { first: '192.168.124.10/24', last: '192.168.124.99/24' },
            after: { first: '192.168.124.20/24', last: '192.168.124.99/24' },
          },
        ],
      },
    ]);
  });

  it('is refused whole where one part is wrong, which is named', async () => {
    const { admin } = server.as;
    const refused = await admin('PUT', 'site', {
      body: { settings: { runs_at_once_max: 30 }, dns_zones: [{ domain: '.', forwarders: [] }] },
    });
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toContain('zone .:');
    expect((await admin('GET', 'settings/runs_at_once_max')).body.value).toBe(25);
  });
});

describe('the install wizard', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('wizard');
  });
  afterAll(() => server?.stop());

  it('goes on where somebody left it, and refuses what somebody else has changed meanwhile', async () => {
    const { admin } = server.as;
    const fresh = await admin('GET', 'wizard');
    expect(fresh.body).toEqual({ draft: {}, step: 'host', finished_at: null, version: 0 });
    const saved = await admin('PUT', 'wizard', { body: { draft: { domain: 'example.test' }, step: 'network' } });
    expect(saved.status).toBe(200);
    expect((await admin('GET', 'wizard')).body).toMatchObject({ draft: { domain: 'example.test' }, step: 'network' });
    const stale = await admin('PUT', 'wizard', { body: { draft: {}, step: 'host' }, headers: { 'if-match': '"0"' } });
    expect(stale.status).toBe(412);
  });

  it('keeps no secret', async () => {
    const { admin } = server.as;
    const refused = await admin('PUT', 'wizard', { body: { draft: { users: [{ password: 'x' }] }, step: 'users' } });
    expect(refused.status).toBe(400);
  });

  it('says whether the host is fit', async () => {
    const { body, status } = await server.as.admin('GET', 'wizard/host');
    expect(status).toBe(200);
    expect(body.checks.map(({ name }: { name: string }) => name)).toEqual([
      'name',
      'network',
      'ports',
      'clock',
      'disk',
      'memory',
      'programs',
      'privileges',
      'other DHCP',
    ]);
    for (const check of body.checks) expect(check.says.length).toBeGreaterThan(10);
  });
});
