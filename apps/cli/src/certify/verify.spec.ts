import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeManifest, packEvidence, printManifest, type EvidencePart } from '#core';
import type { Terminal } from '../command/terminal.js';
import { declareVerify } from './verify.js';

let folder: string;
let bundle: Buffer;
let signer: string;

const part = (path: string, text: string): EvidencePart => ({
  ...{ path, mediaType: 'text/plain', volatile: false },
  content: new TextEncoder().encode(text),
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anneal-verify-'));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  signer = createHash('sha256').update(key).digest('hex');
  const parts = [part('results.json', '[]'), part('load-list', 'a.B.test\n')];
  const about = { certification: 'c1', ended_at: '2031-01-01', claims: ['Passes 2 of 3\u001b[31m'] };
  const manifest = makeManifest(about, [], parts, (bytes) => createHash('sha256').update(bytes).digest('hex'));
  const signature = sign(null, Buffer.from(printManifest(manifest)), privateKey).toString('hex');
  bundle = Buffer.from(
    packEvidence(manifest, { algorithm: 'ed25519', public_key: key.toString('hex'), signature }, parts),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command with nothing around it: no server, no home. */
async function run(bytes: Buffer, ...args: string[]): Promise<{ code: number; out: string }> {
  const path = join(folder, 'bundle.tar');
  writeFileSync(path, bytes);
  const stdout = new PassThrough();
  const terminal: Terminal = {
    ...{ env: {}, stdin: new PassThrough(), stdout, stderr: new PassThrough(), now: Date.now, exitCode: 0 },
    signal: new AbortController().signal,
  };
  const program = new Command().exitOverride();
  declareVerify(program, terminal);
  await program.parseAsync(['verify', path, ...args], { from: 'user' });
  return { code: terminal.exitCode, out: String(stdout.read() ?? '') };
}

describe('anneal certify verify', () => {
  it('says that a bundle is whole, what it claims, and who signed it', async () => {
    const { code, out } = await run(bundle);
    expect(code).toBe(0);
    expect(out).toContain('is as it was written: 2 files of certification c1');
    expect(out).toContain('Passes 2 of 3');
    expect(out).toContain(signer);
    expect(out).not.toContain('\u001b');
    expect((await run(bundle, '--key', signer.slice(0, 12))).code).toBe(0);
  });

  it('names the file in which a byte was changed', async () => {
    const changed = Buffer.from(bundle);
    changed[changed.indexOf('a.B.test')]! ^= 1;
    const { code, out } = await run(changed);
    expect(code).toBe(1);
    expect(out).toMatch(/NOT as it was written:\n {2}load-list was changed/);
  });

  it('is not content with a signature of somebody else, nor with something else altogether', async () => {
    expect(await run(bundle, '--key', '0123456789')).toMatchObject({ code: 1, out: expect.stringContaining('not by') });
    expect((await run(Buffer.from('no archive at all'))).code).toBe(1);
    await expect(run(bundle, '--key', 'zz')).rejects.toThrow(/no fingerprint/);
  });

  it('tells programs the same as JSON', async () => {
    const { out } = await run(bundle, '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({ whole: true, signer, problems: [], about: { certification: 'c1' } });
  });
});
