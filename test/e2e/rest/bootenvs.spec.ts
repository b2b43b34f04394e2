import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './running-server.js';

const ANY = { 'if-match': '*' };
const KERNEL = { path: 'rescue/vmlinuz', sha256: 'a'.repeat(64), bytes: 1_000 };

describe('boot environments and templates', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer('bootenvs');
    await running.as.operator('POST', 'nodes', {
      body: { name: 'boots.example.com', macs: ['52:54:00:0b:00:01'], probed: false },
    });
  });
  afterAll(async () => {
    expect(running.faults).toEqual([]);
    await running.stop();
  });

  const template = async (name: string, source: string, more: object = {}): Promise<void> => {
    const made = await running.as.operator('POST', 'templates', { body: { name, source, ...more } });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
  };

  it('renders for a node what it would get, and shows no secret', async () => {
    const { operator, viewer } = running.as;
    await template('rescue.ipxe', '#!ipxe\nkernel {{ kernel.url }} {{ cmdline }}\n# {{ node.name }}\n');
    await template('rescue.key', 'secret of {{ node.name }}', { secret: true });
    const made = await operator('POST', 'bootenvs', {
      body: {
        name: 'rescue',
        kernel: KERNEL,
        params: ['anneal.boot={{ boot.url }}', '{% if false %}no{% endif %}'],
        files: { 'boot.ipxe': 'rescue.ipxe', 'host.key': 'rescue.key' },
      },
    });
    expect([made.status, made.body.name]).toEqual([201, 'rescue']);
    expect((await viewer('GET', 'bootenvs/rescue')).body).toMatchObject({ kernel: KERNEL, errors: [], version: 1 });
    const { body } = await operator('POST', 'bootenvs/rescue/render?node=boots.example.com');
    expect(body).toMatchObject({ bootenv: 'rescue', node: 'boots.example.com', errors: [] });
    const files = Object.fromEntries(body.files.map((file: { path: string }) => [file.path, file]));
    expect(files['host.key']).toMatchObject({ secret: true, text: null, problem: null });
    expect(files['boot.ipxe'].text).toMatch(
      /^#!ipxe\nkernel http:\/\/netboot:7780\/content\/sha256\/a{64} anneal\.boot=http:\/\/netboot:7780\n# boots\.example\.com/,
    );
  });

  it('says what is wrong with a template, with its line, and what a boot environment lacks', async () => {
    const { operator, viewer } = running.as;
    const broken = await operator('POST', 'templates', {
      body: { name: 'broken', source: 'one\n{% if node %}\n' },
    });
    expect([broken.status, broken.body.code]).toEqual([400, 'invalid']);
    expect(broken.body.detail).toMatch(/line 2/);
    const missing = await operator('POST', 'bootenvs', {
      body: { name: 'odd', files: { 'boot.ipxe': 'nowhere' } },
    });
    expect([missing.status, missing.body.fields]).toEqual([400, { field: 'files' }]);
    expect((await operator('POST', 'bootenvs', { body: { name: 'bare' } })).status).toBe(201);
    expect((await viewer('GET', 'bootenvs/bare')).body.errors.join()).toContain('it has no boot.ipxe');
    await template('unknown.ipxe', '#!ipxe\n{{ node.colour }}\n');
    const patched = await operator('PATCH', 'bootenvs/bare', {
      body: { files: { 'boot.ipxe': 'unknown.ipxe' } },
      headers: ANY,
    });
    expect(patched.status).toBe(200);
    const { body } = await operator('POST', 'bootenvs/bare/render?node=boots.example.com');
    expect(body.files).toMatchObject([{ path: 'boot.ipxe', text: null }]);
    expect(body.files[0].problem).toMatch(/line 2/);
  });

  it('names the API where it is: as netboot says, else on the port of this server', async () => {
    const { operator } = running.as;
    await template('api.ipxe', '#!ipxe\n# {{ services.api_url }}\n');
    await operator('PATCH', 'bootenvs/bare', { body: { files: { 'boot.ipxe': 'api.ipxe' } }, headers: ANY });
    const said = async (): Promise<string> =>
      (await operator('POST', 'bootenvs/bare/render?node=boots.example.com')).body.files[0].text.split('# ')[1].trim();
    expect(await said()).toBe(`http://netboot:${new URL(running.url).port}`);
    await running.query(
      `INSERT INTO netboot_server (id, host, addresses, services, generation)
       VALUES (gen_random_uuid(), 'n', '{192.0.2.1}', '[{"service": "http", "state": "serving", "says": "", "port": 7780, "apiUrl": "https://anneal.example.com"}]', 0)`,
    );
    expect(await said()).toBe('https://anneal.example.com');
    await running.query(
      `UPDATE netboot_server SET services = '[{"service": "http", "state": "serving", "says": "", "port": 7780}]'`,
    );
    expect(await said()).toBe(`http://192.0.2.1:${new URL(running.url).port}`);
    await running.query('DELETE FROM netboot_server');
  });

  it('keeps what is used: a template of a boot environment, and a boot environment of a node or of new machines', async () => {
    const { operator, admin } = running.as;
    const refused = async (path: string): Promise<string> => {
      const { status, body } = await operator('DELETE', path, { headers: ANY });
      expect([status, body?.code], path).toEqual([409, 'conflict']);
      return body.detail;
    };
    expect(await refused('templates/rescue.ipxe')).toContain('rescue');
    expect(await refused('bootenvs/discovery')).toContain('comes with Anneal');
    const give = (bootenv: string) => operator('PATCH', 'nodes/boots.example.com', { body: { bootenv }, headers: ANY });
    expect((await give('nowhere')).body.detail).toContain('there is no boot environment "nowhere"');
    expect((await give('rescue')).status).toBe(200);
    expect(await refused('bootenvs/rescue')).toContain('boots.example.com');
    expect((await give('local')).status).toBe(200);

    const unknown = (value: unknown) => admin('PATCH', 'settings/unknown_bootenv', { body: { value }, headers: ANY });
    expect((await unknown('nowhere')).status).toBe(400);
    expect((await unknown(7)).status).toBe(400);
    expect((await unknown('rescue')).body).toMatchObject({ value: 'rescue' });
    expect(await refused('bootenvs/rescue')).toContain('unknown_bootenv');
    expect((await unknown('discovery')).status).toBe(200);
    expect((await operator('DELETE', 'bootenvs/rescue', { headers: ANY })).status).toBe(204);
    expect((await operator('DELETE', 'templates/rescue.ipxe', { headers: ANY })).status).toBe(204);
  });

  it('is changed by operators with the version that they saw, and read by viewers', async () => {
    const { operator, viewer } = running.as;
    expect((await viewer('POST', 'templates', { body: { name: 'x', source: '' } })).status).toBe(403);
    const shown = await operator('GET', 'templates/unknown.ipxe');
    const etag = { 'if-match': shown.headers.get('etag') ?? '' };
    const change = (headers: Record<string, string>) =>
      operator('PATCH', 'templates/unknown.ipxe', { body: { source: '#!ipxe\n' }, headers });
    expect((await change({})).status).toBe(428);
    expect((await change(etag)).status).toBe(200);
    expect((await change(etag)).status).toBe(412);
  });
});
