import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servePackages, type PackageProxy } from './serve.js';
import { sourcesList } from './sources.js';
import { PackageStore } from './store.js';

describe('the package proxy', () => {
  let folder: string;
  let mirror: Server;
  let mirrorUrl: string;
  let proxy: PackageProxy;
  let asked: string[];
  let cutShort: boolean;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'anneal-packages-'));
    asked = [];
    cutShort = false;
    mirror = createServer((request, answer) => {
      asked.push(request.url ?? '');
      if (request.url?.endsWith('missing.deb')) return void answer.writeHead(404).end();
      if (request.headers['if-modified-since']) return void answer.writeHead(304).end();
      answer.writeHead(200, { 'content-length': '5', 'last-modified': 'Sat, 21 Nov 2026 00:00:00 GMT' });
      if (cutShort) answer.write('he', () => answer.destroy());
      else answer.end('hello');
    });
    await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
    mirrorUrl = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/debian/`;
    proxy = await servePackages({
      ...{ host: '127.0.0.1', port: 0, mirrors: [mirrorUrl] },
      store: new PackageStore(join(folder, 'packages')),
    });
  });

  afterEach(async () => {
    await proxy.close();
    await stopMirror();
    rmSync(folder, { recursive: true, force: true });
  });

  const stopMirror = (): Promise<void> =>
    new Promise((resolve) => {
      mirror.closeAllConnections();
      mirror.close(() => resolve());
    });

  /** Asks as apt asks a proxy: with the whole address in the first line. */
  const fetched = (url: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(proxy.address);
      const asking = request({ host: hostname, port, path: url, headers }, (answer) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }));
        answer.once('error', reject);
      });
      asking.once('error', reject);
      asking.end();
    });

  it('fetches a package once, and has it when the mirror is gone', async () => {
    const url = `${mirrorUrl}pool/main/h/hello_1_all.deb`;
    expect(await fetched(url)).toEqual({ status: 200, body: 'hello' });
    await stopMirror();
    expect(await fetched(url)).toEqual({ status: 200, body: 'hello' });
    expect(await fetched(url, { range: 'bytes=2-' })).toEqual({ status: 206, body: 'llo' });
    expect(asked).toHaveLength(1);
  });

  it('fetches once for nodes that ask at the same time', async () => {
    const url = `${mirrorUrl}pool/main/h/hello_2_all.deb`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => fetched(url)));
    expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 8 }, () => 'hello'));
    expect(asked).toHaveLength(1);
  });

  it('asks for lists each time, and gives the last ones where the mirror does not answer', async () => {
    const url = `${mirrorUrl}dists/bookworm/InRelease`;
    expect((await fetched(url)).status).toBe(200);
    expect((await fetched(url, { 'if-modified-since': 'Sat, 21 Nov 2026 00:00:00 GMT' })).status).toBe(304);
    expect(asked).toHaveLength(2);
    await stopMirror();
    expect(await fetched(url)).toEqual({ status: 200, body: 'hello' });
    expect((await fetched(`${mirrorUrl}dists/bookworm/Release`)).status).toBe(502);
  });

  it('keeps nothing of a package that broke off', async () => {
    cutShort = true;
    const url = `${mirrorUrl}pool/main/h/hello_3_all.deb`;
    expect((await fetched(url)).status).toBe(502);
    cutShort = false;
    expect(await fetched(url)).toEqual({ status: 200, body: 'hello' });
    const left = readdirSync(join(folder, 'packages'), { recursive: true }).map(String);
    expect(left.filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('says what the mirror said of a package that it does not have', async () => {
    expect((await fetched(`${mirrorUrl}pool/missing.deb`)).status).toBe(502);
    expect(await fetched(`${mirrorUrl}pool/missing.deb`)).toMatchObject({ body: expect.stringContaining('404') });
  });

  it.each(['http://127.0.0.1:1/debian/x.deb', 'http://example.test/x.deb', '/etc/passwd'])(
    'is no way to anything but its mirrors: %s',
    async (url) => {
      expect((await fetched(url)).status).toBe(403);
      expect((await fetched(`${mirrorUrl}../secret`)).status).toBe(403);
      expect(asked).toEqual([]);
    },
  );
});

describe('the sources of a node', () => {
  it('are those of the host, over HTTP', () => {
    const sources = [
      { uri: 'https://mirror.example.test/debian/', suite: 'bookworm', component: 'main' },
      { uri: 'http://mirror.example.test/security/', suite: 'bookworm-security', component: 'main' },
    ];
    expect(sourcesList(sources)).toBe(
      'deb http://mirror.example.test/debian/ bookworm main\ndeb http://mirror.example.test/security/ bookworm-security main\n',
    );
  });
});
