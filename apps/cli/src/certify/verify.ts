import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Command } from 'commander';
import type { BundleMeans, CheckedBundle, DetachedSignature } from '#core';
import { leaf } from '../command/leaf.js';
import { nameOf, readBytes } from '../command/read-file.js';
import type { Terminal } from '../command/terminal.js';
import { EXIT, usage } from '../exit.js';
import { harmless } from '../output/cell.js';

interface VerifyOptions {
  readonly key?: string;
}

/** `anneal certify verify`: needs no server, no network and nothing but the file. */
export const declareVerify = (parent: Command, terminal: Terminal): void => {
  leaf<VerifyOptions>(parent, terminal, {
    usage: 'verify <bundle>',
    summary: 'look whether evidence is as it was written',
    says: 'Reads the archive alone and asks no server. It compares every file with the signed manifest and names each that was changed, added or taken away; exit code 1 then. Whose signature it is says the fingerprint: give the one that you know with --key.',
    options: [['--key <fingerprint>', 'whose signature it has to be: the SHA-256 of the public key, or its beginning']],
    examples: ['anneal certify verify evidence-0190….tar', 'anneal certify verify evidence.tar --key 5f1c9a02b7d3'],
    run: async ({ printer }, [path], { key }) => {
      if (key !== undefined && !/^[0-9a-f]{8,64}$/i.test(key))
        throw usage(`--key ${key} is no fingerprint.`, 'Give at least 8 hexadecimal digits of it.');
      const file = String(path);
      const bytes = await readBytes(file, terminal);
      // Loaded here, because no other command needs it.
      const { checkBundle } = await import('#core');
      const checked = checkBundle(bytes, MEANS);
      const signer = checked.signature && fingerprintOf(checked.signature);
      const problems = [...checked.problems];
      if (key !== undefined && signer !== null && !signer.startsWith(key.toLowerCase()))
        problems.push(`it was signed by ${signer}, not by ${key}`);
      const isWhole = problems.length === 0;
      if (printer.isData) await printer.document({ whole: isWhole, signer, problems, ...contentsOf(checked) });
      else
        printer.lines(sentences(nameOf(file), checked, { signer, problems, known: key !== undefined }).map(harmless));
      return isWhole ? EXIT.ok : EXIT.failed;
    },
  });
};

const MEANS: BundleMeans = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  verify: ({ public_key, signature }, bytes) => {
    try {
      const key = createPublicKey({ key: Buffer.from(SPKI + public_key, 'hex'), format: 'der', type: 'spki' });
      return verify(null, bytes, key, Buffer.from(signature, 'hex'));
    } catch {
      // These 32 bytes are no point of the curve.
      return false;
    }
  },
};

/** What stands before an ed25519 key in a SubjectPublicKeyInfo (RFC 8410 §4), hex. */
const SPKI = '302a300506032b6570032100';

const fingerprintOf = ({ public_key }: DetachedSignature): string => MEANS.sha256(Buffer.from(public_key, 'hex'));

const contentsOf = ({ manifest }: CheckedBundle) =>
  manifest ? { about: manifest.about, files: manifest.files, volatile: manifest.volatile } : { about: null, files: [] };

const sentences = (
  name: string,
  { manifest }: CheckedBundle,
  found: { readonly signer: string | null; readonly problems: readonly string[]; readonly known: boolean },
): string[] => {
  if (found.problems.length > 0)
    return [`${name} is NOT as it was written:`, ...found.problems.map((problem) => `  ${problem}`)];
  const { about, files } = manifest!;
  const claims = Array.isArray(about['claims']) ? about['claims'].map(String) : [];
  return [
    `${name} is as it was written: ${files.length} files of certification ${String(about['certification'])}, ended ${String(about['ended_at'])}.`,
    ...claims.map((claim) => `  ${claim}`),
    `Signed by ${found.signer}.${found.known ? '' : ' Compare this with the key that you know; --key does it.'}`,
  ];
};
