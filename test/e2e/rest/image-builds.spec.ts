import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upHere, type UpHere } from '../cli/up.js';
import { callerOf, startServer, type Caller } from './running-server.js';

const CONTENT = randomBytes(3_000_000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

const manifestOf = (sha256: string) => ({
  name: 'golden-12',
  os: { family: 'debian', version: '12', codename: 'bookworm', arch: 'x86_64' },
  kernel: '6.1.0-40-amd64',
  recipe: 'none',
  sha256,
  bytes: CONTENT.length,
  rawBytes: 8_000_000,
  compression: 'zstd',
  layouts: ['plain'],
  firmware: ['bios', 'uefi'],
  packages: [],
});

describe('images in the making', () => {
  let mirror: Server;
  let up: UpHere;
  let admin: Caller;
  let address: string;
  beforeAll(async () => {
    mirror = createServer((request, reply) => {
      if (request.url === '/good/manifest.json') reply.end(JSON.stringify(manifestOf(SHA256)));
      else if (request.url === '/bad/manifest.json') reply.end(JSON.stringify(manifestOf('0'.repeat(64))));
      else if (request.url?.endsWith('/disk.raw.zst')) reply.end(CONTENT);
      else reply.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(mirror, 'listening');
    address = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
    up = await upHere('image_builds');
    const url = /http:\/\/\S+/.exec(up.said.find((line) => line.startsWith('Anneal is up')) ?? '')?.[0] ?? '';
    const token = JSON.parse((await up.anneal(['tokens', 'create', 'builds', '-o', 'json'])).out) as { secret: string };
    admin = callerOf(url, token.secret);
  });
  afterAll(async () => {
    await up?.stop();
    mirror?.close();
  });

  const ended = async (id: string) => {
    const one = async () =>
      ((await admin('GET', 'image_builds')).body.items as { id: string; state: string }[]).find(
        (each) => each.id === id,
      );
    await expect.poll(async () => (await one())?.state, { timeout: 60_000 }).not.toBe('running');
    return one();
  };

  it('takes in a ready-made one whose digest is right, and tells how far it is', async () => {
    const begun = await admin('POST', 'image_builds', {
      body: { manifest: `${address}/good/manifest.json`, sha256: SHA256 },
    });
    expect(begun, JSON.stringify(begun.body)).toMatchObject({ status: 201, body: { how: 'fetch', state: 'running' } });
    const done = await ended(begun.body.id);
    expect(done, JSON.stringify(done)).toMatchObject({ state: 'done', percent: 100, sha256: SHA256 });
    expect((await admin('GET', 'images/golden-12')).body).toMatchObject({ sha256: SHA256, bytes: CONTENT.length });
  });

  it('takes in nothing of one that is damaged, and says so', async () => {
    const begun = await admin('POST', 'image_builds', { body: { manifest: `${address}/bad/manifest.json` } });
    const failed = await ended(begun.body.id);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(JSON.stringify(failed)).toContain('damaged');
    expect(existsSync(join(String(up.env['ANNEAL_HOME']), 'boot', 'files', 'images', '0'.repeat(64)))).toBe(false);
  });

  it('are not made where there is no mirror and the installation is offline', async () => {
    const setting = (await admin('GET', 'settings/package_source')).body;
    const patched = await admin('PATCH', 'settings/package_source', {
      body: { value: 'offline' },
      headers: { 'if-match': `"${setting.version}"`, 'content-type': 'application/merge-patch+json' },
    });
    expect(patched.status, JSON.stringify(patched.body)).toBe(200);
    const refused = await admin('POST', 'image_builds', { body: { image: 'debian-12' } });
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('package_mirror');
  });

  it('are refused by a server that has no host to work on', async () => {
    const apart = await startServer('no_image_builds');
    try {
      expect((await apart.as.admin('POST', 'image_builds', { body: { image: 'debian-12' } })).status).toBe(503);
    } finally {
      await apart.stop();
    }
  });
});
