import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBundle, packEvidence, type BundleMeans, type DetachedSignature } from './bundle.js';
import { canonicalJson } from './canonical-json.js';
import { makeManifest, printManifest, stableManifest, type EvidencePart } from './manifest.js';
import { readTar, writeTar } from './tar.js';

// A key that is no secret: RFC 8032 §7.1, test 1.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI.length).toString('hex');

const means: BundleMeans = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  verify: ({ public_key, signature }, bytes) =>
    verify(
      null,
      bytes,
      createPublicKey({ key: Buffer.concat([SPKI, Buffer.from(public_key, 'hex')]), format: 'der', type: 'spki' }),
      Buffer.from(signature, 'hex'),
    ),
};

const part = (path: string, text: string, volatile = false): EvidencePart => ({
  ...{ path, mediaType: 'text/plain', volatile },
  content: new TextEncoder().encode(text),
});

const parts = (at: string): EvidencePart[] => [
  part('results.json', '{"a.B.test":"passed"}'),
  part('guidelines/2020.06.json', '{"id":"2020.06"}'),
  part('timings.json', `{"began":"${at}"}`, true),
];

function bundle(at: string, id = '1', given = parts(at)) {
  const manifest = makeManifest({ certification: id, program: 'compute' }, ['certification'], given, means.sha256);
  const bytes = Buffer.from(printManifest(manifest));
  const signature: DetachedSignature = {
    ...{ algorithm: 'ed25519', public_key: publicKey },
    signature: sign(null, bytes, key).toString('hex'),
  };
  return { manifest, bytes: packEvidence(manifest, signature, given) };
}

describe('canonical JSON', () => {
  it('is one text for one value, whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { z: null, a: 'ü"\n' }], a: 1e21, '\ud83d\ude00': 0, '\ufb33': true })).toBe(
      '{"a":1e+21,"b":[1,{"a":"ü\\"\\n","z":null}],"\ud83d\ude00":0,"\ufb33":true}',
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(json))).toEqual(json);
        expect(canonicalJson(JSON.parse(canonicalJson(json)))).toBe(canonicalJson(json));
      }),
    );
  });
});

describe('an archive', () => {
  it('gives back the files that were put into it', () => {
    const paths = fc.stringMatching(/^[a-zü][a-z0-9/.]{0,150}[a-z]$/).filter((path) => !/\/\/|[^/]{95}/.test(path));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(paths, fc.uint8Array({ maxLength: 1_200 })), {
          selector: ([path]) => path,
          maxLength: 6,
        }),
        (given) => {
          const files = given.map(([path, content]) => ({ path, content }));
          expect(readTar(writeTar(files))).toEqual({ files, problems: [] });
        },
      ),
    );
  });

  it('can be read by tar itself', async () => {
    const { execFileSync } = await import('node:child_process');
    const long = `${'deep/'.repeat(30)}file`;
    const tar = writeTar([
      { path: 'one', content: new Uint8Array(513).fill(65) },
      { path: long, content: new Uint8Array(0) },
    ]);
    expect(execFileSync('tar', ['-t'], { input: tar, encoding: 'utf8' })).toBe(`one\n${long}\n`);
  });
});

describe('a bundle', () => {
  it('that is as it was written has no problem', () => {
    const { bytes, manifest } = bundle('today');
    expect(checkBundle(bytes, means)).toMatchObject({ problems: [], manifest });
  });

  it('of the same inputs has the same manifest, but for what is declared to be of one time', () => {
    const [one, two] = [bundle('today'), bundle('tomorrow!', '2')];
    expect(one.manifest).not.toEqual(two.manifest);
    expect(stableManifest(one.manifest)).toBe(stableManifest(two.manifest));
    expect(one.manifest.volatile).toEqual(['/about/certification', '/files/2/bytes', '/files/2/sha256']);
    const other = bundle('today', '1', [part('results.json', '{"a.B.test":"failed"}'), ...parts('today').slice(1)]);
    expect(stableManifest(other.manifest)).not.toBe(stableManifest(one.manifest));
    // Nothing depends on the order in which the files were gathered.
    expect(bundle('today', '1', parts('today').reverse()).bytes).toEqual(one.bytes);
  });

  it('with any byte changed is found, and the file is named', () => {
    const { bytes } = bundle('today');
    const where = new Map<number, string>();
    for (let at = 0, index = 0; index < 5; index += 1) {
      const size = Number.parseInt(Buffer.from(bytes.subarray(at + 124, at + 135)).toString('latin1'), 8);
      const path = Buffer.from(bytes.subarray(at, at + 100))
        .toString('latin1')
        .replace(/\0+$/, '');
      const next = at + 512 + Math.ceil(size / 512) * 512;
      for (let byte = at + 512; byte < at + 512 + size; byte += 1) where.set(byte, path);
      at = next;
    }
    // Every byte of every file, and some of the headers and of what fills up.
    for (let at = 0; at < bytes.length; at += where.has(at) ? 1 : 7) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << (at % 8);
      const { problems } = checkBundle(changed, means);
      expect(problems.length, `byte ${at}`).toBeGreaterThan(0);
      const path = where.get(at);
      if (path) expect(problems.join('; '), `byte ${at}`).toContain(path);
    }
  }, 60_000);

  it('with a file more, or less, or cut off, is found', () => {
    const { bytes, manifest } = bundle('today');
    const { files } = readTar(bytes);
    const problemsOf = (changed: typeof files): string => checkBundle(writeTar(changed), means).problems.join('; ');
    expect(problemsOf(files.filter(({ path }) => path !== 'results.json'))).toBe('results.json is missing');
    expect(problemsOf([...files, { path: 'extra', content: new Uint8Array(3) }])).toBe(
      'extra was added: the manifest does not list it',
    );
    expect(problemsOf([...files.slice(0, 2), ...files.slice(2).reverse()])).toMatch(/another order/);
    expect(problemsOf([...files, files[2]!])).toMatch(/is there twice/);
    expect(checkBundle(bytes.slice(0, -600), means).problems.join()).toMatch(/ends too early/);
    expect(checkBundle(packEvidence(manifest, null, parts('today')), means).problems.join()).toMatch(/nobody vouches/);
    expect(checkBundle(new Uint8Array(0), means).problems.length).toBeGreaterThan(0);
  });

  it('never makes the checker fail, whatever it is given', () => {
    const { bytes } = bundle('today');
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.uint8Array({ maxLength: 700 }), fc.nat(700), (at, put, drop) => {
        const changed = Uint8Array.from([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + drop)]);
        const same = changed.length === bytes.length && changed.every((byte, index) => byte === bytes[index]);
        expect(checkBundle(changed, means).problems.length > 0).toBe(!same);
      }),
    );
  });
});
