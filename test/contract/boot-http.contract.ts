import { createHash, createHmac } from 'node:crypto';
import { mkdir, mkdtemp, chmod, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SilentLog, SystemClock } from '#app';
import { LiquidRenderer } from '#catalog';
import { BootView, decodeTicket, entryScript, refuse, TICKET_MS_MAX, type ViewBootenv, type ViewMachine } from '#core';
import { BootHttp, type RequestReport } from '#netio';

/** What HTTP boot promises, with nginx in front and without. */

const MAC = '52:54:00:aa:00:01';
const NODE = '018f0000-0000-7000-8000-000000000001' as ViewMachine['node'];

const SERVER = '018f0000-0000-7000-8000-0000000000ff';

const machine: ViewMachine = {
  node: NODE,
  name: 'n1.example.com',
  deployment: 'system',
  roles: [],
  macs: [MAC],
  uuid: '5f2e0a44-77a0-4a8b-9c0e-6f1b2e3d4c5b',
  addresses: [],
  bootenv: 'install',
  secureBoot: false,
  params: { colour: 'red' },
};

interface Reply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
  readonly text: string;
}

export const bootHttpContract = (name: string, nginx: string | null): void => {
  describe(`HTTP boot ${name}`, () => {
    let denied = false;
    const big = Buffer.alloc(5_000_000, 'image ');
    const sha256 = createHash('sha256').update(big).digest('hex');
    const loader = Buffer.alloc(70_000, 7);
    let folder: string;
    let view: BootView;
    let boot: BootHttp;
    let port: number;
    let reports: RequestReport[];

    const bootenv: ViewBootenv = {
      name: 'install',
      kernel: { path: 'install/vmlinuz', sha256, bytes: big.length },
      initrds: [],
      params: ['quiet', 'anneal.node={{ node.name }}'],
      templates: [
        {
          path: 'boot.ipxe',
          source:
            '#!ipxe\nkernel {{ kernel.url }} {{ cmdline }}\necho {{ files["join.json"] }} {{ files["preseed.cfg"] }} {{ boot.images_url }}\n# {{ boot.ticket }}\n',
        },
        { path: 'join.json', source: '{{ secrets | json }}', secret: true },
        { path: 'preseed.cfg', source: 'hostname {{ node.short_name }}\n' },
        { path: 'broken.cfg', source: 'one\n{{ node.absent }}' },
      ],
      local: false,
      errors: [],
    };

    const ask = (path: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Reply> =>
      new Promise((resolve, reject) => {
        const sent = request(
          {
            host: '127.0.0.1',
            port,
            path,
            method: options.method ?? 'GET',
            headers: options.headers ?? {},
            agent: false,
          },
          (response) => {
            const parts: Buffer[] = [];
            response.on('data', (part: Buffer) => parts.push(part));
            response.once('error', reject);
            response.once('end', () => {
              const body = Buffer.concat(parts);
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text: body.toString() });
            });
          },
        );
        sent.setTimeout(10_000, () => sent.destroy(new Error('no answer in time')));
        sent.once('error', reject);
        sent.end();
      });

    const start = async (): Promise<void> => {
      boot = new BootHttp({
        listen: [{ address: '127.0.0.1', port }],
        root: join(folder, 'boot'),
        state: join(folder, 'state'),
        view,
        renderer: new LiquidRenderer(),
        clock: new SystemClock(),
        log: new SilentLog(),
        secrets: async (of, _path, { client }) =>
          denied ? refuse('conflict', `not for ${client}`) : { token: `for ${of.name}` },
        tickets: { server: SERVER, key: 'the key of this server' },
        nginx,
        onRequest: (report) => reports.push(report),
      });
      await boot.start();
      expect(boot.isFronted).toBe(nginx !== null);
    };

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'anneal-boot-'));
      // nginx's workers are nobody.
      await chmod(folder, 0o711);
      await mkdir(join(folder, 'boot', 'files', 'install'), { recursive: true });
      await writeFile(join(folder, 'secret'), 'outside');
      await writeFile(join(folder, 'boot', 'files', 'snponly.efi'), loader);
      await writeFile(join(folder, 'boot', 'files', 'install', 'vmlinuz'), big);
      await symlink(join(folder, 'secret'), join(folder, 'boot', 'files', 'link'));
      await symlink('snponly.efi', join(folder, 'boot', 'files', 'alias.efi'));
    });

    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    beforeEach(async () => {
      reports = [];
      view = new BootView();
      view.apply(
        [
          { kind: 'machine', id: NODE, body: machine },
          { kind: 'bootenv', id: 'b1', body: bootenv },
          {
            kind: 'services',
            id: 'services',
            body: { unknownBootenv: 'discovery', httpPort: 0, apiUrl: 'http://api' },
          },
        ],
        1,
      );
      port = await freePort();
      await start();
    });

    afterEach(async () => {
      await boot.close();
    });

    it('sends a boot file with its length, type and validators', async () => {
      const got = await ask('/files/snponly.efi');
      expect(got.status).toBe(200);
      expect(got.body.equals(loader)).toBe(true);
      expect(got.headers).toMatchObject({
        'content-length': '70000',
        'content-type': 'application/efi',
        'accept-ranges': 'bytes',
      });
      expect(got.headers['etag']).toMatch(/^"[0-9a-f]+-11170"$/);
      expect((await ask('/files/alias.efi')).body.equals(loader)).toBe(true);
    });

    it('tells the size to who asks for the head alone, as firmware does', async () => {
      const head = await ask('/files/snponly.efi', { method: 'HEAD' });
      expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '70000', 0]);
      const content = await ask(`/content/sha256/${sha256}`, { method: 'HEAD' });
      expect([content.status, content.headers['content-length']]).toEqual([200, String(big.length)]);
    });

    it('does not send a boot file that is not what it should be', async () => {
      await writeFile(join(folder, 'boot', 'files', 'other'), 'something else');
      const kernel = { path: 'other', sha256: 'ab'.repeat(32), bytes: 14 };
      view.apply([{ kind: 'bootenv', id: 'b1', body: { ...bootenv, kernel } }], 2);
      const got = await ask(`/content/sha256/${kernel.sha256}`);
      expect([got.status, got.text]).toEqual([404, expect.stringContaining('is expected')]);
    });

    it('sends content by its digest, to be kept for ever', async () => {
      const got = await ask(`/content/sha256/${sha256}`);
      expect(createHash('sha256').update(got.body).digest('hex')).toBe(sha256);
      expect(got.headers['cache-control']).toContain('immutable');
      for (const wrong of ['0'.repeat(64), sha256.slice(1), sha256.toUpperCase(), `.new-1`])
        expect((await ask(`/content/sha256/${wrong}`)).status, wrong).toBe(404);
    });

    it.each([
      ['bytes=0-9', 206, 'bytes 0-9/5000000', 0, 10],
      ['bytes=4999990-', 206, 'bytes 4999990-4999999/5000000', 4_999_990, 5_000_000],
      ['bytes=-5', 206, 'bytes 4999995-4999999/5000000', 4_999_995, 5_000_000],
      ['bytes=4999999-9999999', 206, 'bytes 4999999-4999999/5000000', 4_999_999, 5_000_000],
    ])('sends the part %s', async (range, status, contentRange, from, to) => {
      const got = await ask(`/content/sha256/${sha256}`, { headers: { range } });
      expect([got.status, got.headers['content-range']]).toEqual([status, contentRange]);
      expect(got.body.equals(big.subarray(from, to))).toBe(true);
    });

    it('refuses a part beyond the end, and sends the whole for what it cannot read as a part', async () => {
      const beyond = await ask(`/content/sha256/${sha256}`, { headers: { range: 'bytes=5000000-' } });
      expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */5000000']);
      expect((await ask('/files/snponly.efi', { headers: { range: 'lines=1-2' } })).body.length).toBe(loader.length);
      expect((await ask('/files/snponly.efi', { headers: { range: 'bytes=0-1,5-6' } })).status).toBe(200);
    });

    it('keeps to conditions: unchanged is said, and a part of something else is not sent', async () => {
      const { headers } = await ask(`/content/sha256/${sha256}`, { method: 'HEAD' });
      const etag = String(headers['etag']);
      expect((await ask(`/content/sha256/${sha256}`, { headers: { 'if-none-match': etag } })).status).toBe(304);
      expect((await ask(`/content/sha256/${sha256}`, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
      const part = { range: 'bytes=0-9' };
      expect((await ask(`/content/sha256/${sha256}`, { headers: { ...part, 'if-range': etag } })).status).toBe(206);
      expect((await ask(`/content/sha256/${sha256}`, { headers: { ...part, 'if-range': '"other"' } })).status).toBe(
        200,
      );
    });

    it('never leaves its root', async () => {
      for (const path of [
        '/files/../secret',
        '/files/%2e%2e/secret',
        '/files/..%2f..%2fsecret',
        '/files/link',
        '/files//etc/passwd',
        '/files/a%00b',
        '/_files/snponly.efi',
        `/_content/${sha256}`,
        '/nginx.conf',
      ]) {
        const got = await ask(path);
        // nginx takes some of them for no request at all.
        expect([400, 404], path).toContain(got.status);
        expect(got.text).not.toContain('outside');
      }
    });

    it('serves nothing but GET and HEAD', async () => {
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
        expect((await ask('/files/snponly.efi', { method })).status, method).toBe(405);
        expect([403, 405], method).toContain((await ask(`/content/sha256/${sha256}`, { method })).status);
      }
    });

    it('asks iPXE who it is, then gives it the script of its machine', async () => {
      expect((await ask('/boot.ipxe')).text).toBe(entryScript(`http://127.0.0.1:${port}`));
      const script = await ask(`/boot.ipxe?mac=${MAC}&uuid=&platform=pcbios&buildarch=i386`, {
        headers: { host: 'boot.example.com:8080' },
      });
      expect(script.headers['cache-control']).toBe('no-store');
      expect(script.text).toContain(
        `kernel http://boot.example.com:8080/content/sha256/${sha256} quiet anneal.node=n1.example.com`,
      );
      await expect
        .poll(() => reports.at(-1))
        .toMatchObject({ client: '127.0.0.1', status: 200, node: NODE, says: 'install' });
    });

    it('does not repeat a host that could end a word of the script', async () => {
      const script = await ask(`/boot.ipxe?mac=${MAC}`, { headers: { host: 'x y;reboot' } });
      expect(script.text).not.toContain('reboot');
    });

    it('seals a ticket for each boot, of machines that nobody knows too', async () => {
      const ticketOf = async (query: string) => {
        const { text } = await ask(`/boot.ipxe?${query}`);
        const read = decodeTicket(/^# (.*)$/m.exec(text)?.[1] ?? '');
        if (!read) throw new Error(`no ticket in ${text}`);
        expect(read.seal).toBe(createHmac('sha256', 'the key of this server').update(read.said).digest('base64url'));
        return read.ticket;
      };
      const known = `mac=${MAC}&uuid=${machine.uuid?.toUpperCase()}&platform=efi`;
      const first = await ticketOf(known);
      expect(first).toMatchObject({ server: SERVER, mac: MAC, uuid: machine.uuid, node: NODE, bootenv: 'install' });
      expect(Math.abs(first.expires - Date.now() - TICKET_MS_MAX)).toBeLessThan(60_000);
      expect((await ticketOf(known)).boot).not.toBe(first.boot);
      const templates = [{ path: 'boot.ipxe', source: '#!ipxe\n# {{ boot.ticket }}\n' }];
      view.apply([{ kind: 'bootenv', id: 'b2', body: { ...bootenv, name: 'discovery', params: [], templates } }], 2);
      const unknown = await ticketOf('mac=52-54-00-aa-00-99&uuid=no%20uuid');
      expect(unknown).toMatchObject({ mac: '52:54:00:aa:00:99', uuid: null, node: null, bootenv: 'discovery' });
    });

    it('tells on the console why a new machine gets nothing', async () => {
      expect((await ask('/boot.ipxe?mac=52:54:00:ff:ff:ff')).text).toContain(
        'echo Anneal: boot environment discovery is not described',
      );
    });

    const once = async (): Promise<string> => {
      const { text } = await ask(`/boot.ipxe?mac=${MAC}`);
      return new URL(/http:\S+join\.json/.exec(text)?.[0] ?? '').pathname;
    };

    it('gives a secret file once', async () => {
      const path = await once();
      expect((await ask(path)).text).toBe('{"token":"for n1.example.com"}');
      const again = await ask(path);
      expect([again.status, again.text]).toEqual([403, expect.stringContaining('used')]);
      await expect.poll(() => reports.map((report) => report.path).join()).not.toContain(path);
    });

    it('gives none where whoever knows the secret refuses, and leaves the nonce as it was', async () => {
      const path = await once();
      denied = true;
      const refused = await ask(path);
      denied = false;
      expect([refused.status, refused.text]).toEqual([403, 'not for 127.0.0.1\n']);
      expect((await ask(path)).status).toBe(200);
    });

    it('gives it to one of many that come at once', async () => {
      const path = await once();
      const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await ask(path)).status));
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    });

    it('gives it neither without a nonce, nor for that of another boot', async () => {
      expect((await ask(`/nodes/${NODE}/join.json`)).status).toBe(404);
      expect((await ask(`/nodes/${NODE}/once/wrong/join.json`)).status).toBe(403);
      expect((await ask(`/nodes/${NODE}/once/wrong/preseed.cfg`)).status).toBe(404);
      const before = await once();
      const after = await once();
      expect((await ask(before)).status).toBe(403);
      expect((await ask(after)).status).toBe(200);
    });

    it('knows after a restart which nonces were made and which were used', async () => {
      const used = await once();
      await ask(used);
      const fresh = await once();
      await boot.close();
      await start();
      expect((await ask(used)).status).toBe(403);
      expect((await ask(fresh)).status).toBe(200);
    });

    it('sends images of one boot, in parts too, as long as its nonce lasts', async () => {
      const { text } = await ask(`/boot.ipxe?mac=${MAC}`);
      const images = new URL(/http:\S+\/images\/\S+/.exec(text)?.[0] ?? '').pathname;
      const part = await ask(`${images}${sha256}`, { headers: { range: 'bytes=6-11' } });
      expect([part.status, part.text]).toEqual([206, 'image ']);
      expect((await ask(`${images}${sha256}`)).body.length).toBe(big.length);
      expect((await ask(`/nodes/${NODE}/images/wrong/${sha256}`)).status).toBe(403);
    });

    it('renders files that hold no secret as often as they are asked for, and says where a template is wrong', async () => {
      expect((await ask(`/nodes/${NODE}/preseed.cfg`)).text).toBe('hostname n1\n');
      const broken = await ask(`/nodes/${NODE}/broken.cfg`);
      expect([broken.status, broken.text]).toEqual([500, expect.stringContaining('broken.cfg, line 2')]);
      expect((await ask('/nodes/unknown/preseed.cfg')).status).toBe(404);
    });

    it('follows the view at once', async () => {
      view.apply([{ kind: 'machine', id: NODE, body: { ...machine, name: 'n2.example.com' } }], 2);
      expect((await ask(`/nodes/${NODE}/preseed.cfg`)).text).toBe('hostname n2\n');
    });
  });
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
