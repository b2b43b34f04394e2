import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';

/**
 * The key with which the installation logs in to its nodes. It is made once, on first start, and never replaced by itself:
 * every installed node trusts its public half. Two processes that start at the same time end with the same key.
 */
export interface KeyPair {
  readonly privateKeyPath: string;
  /** OpenSSH format, no passphrase; the file's mode is 600. */
  readonly privateKey: string;
  /** One line as in authorized_keys. */
  readonly publicKey: string;
}

/** Reads the key pair under `home`/ssh, or makes it: ed25519, OpenSSH format. */
export function ensureKeyPair(home: string): KeyPair {
  const folder = join(home, 'ssh');
  const privateKeyPath = join(folder, 'id_ed25519');
  const existing = readKeyPair(privateKeyPath);
  if (existing) return existing;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fresh = join(folder, `.new-${process.pid}-${randomBytes(6).toString('hex')}`);
  writeFileSync(fresh, generate(), { mode: 0o600, flush: true });
  try {
    linkSync(fresh, privateKeyPath);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new Error(`write the SSH key of this installation to ${privateKeyPath}`, { cause: error });
    }
  } finally {
    rmSync(fresh, { force: true });
  }
  const made = readKeyPair(privateKeyPath);
  if (!made) throw new Error(`the SSH key ${privateKeyPath} vanished while it was made; start again`);
  writeFileSync(`${privateKeyPath}.pub`, `${made.publicKey}\n`, { mode: 0o644 });
  return made;
}

function readKeyPair(privateKeyPath: string): KeyPair | null {
  let privateKey: string;
  try {
    privateKey = readFileSync(privateKeyPath, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`read the SSH key of this installation from ${privateKeyPath}`, { cause: error });
  }
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) {
    throw new Error(
      `${privateKeyPath} is not a private key that can be used without a passphrase; put the right one there`,
      {
        cause: parsed,
      },
    );
  }
  return { privateKeyPath, privateKey, publicKey: publicKeyLine(parsed.type, parsed.getPublicSSH()) };
}

/** A key pair that is kept in no file: for a machine that knows it in its first minutes only. */
export const makeKeyPair = (): Pick<KeyPair, 'privateKey' | 'publicKey'> => {
  const privateKey = generate();
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw new Error('read back a key that was just made', { cause: parsed });
  return { privateKey, publicKey: publicKeyLine(parsed.type, parsed.getPublicSSH()) };
};

/** A generated key is read back before it is used: a key that cannot log in would only be noticed on the nodes. */
function generate(): string {
  for (let tries = 0; tries < GENERATE_TRIES_MAX; tries += 1) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: KEY_COMMENT });
    const parsed = ssh2.utils.parseKey(pair.private);
    if (!(parsed instanceof Error)) return pair.private.endsWith('\n') ? pair.private : `${pair.private}\n`;
  }
  throw new Error(`could not make an ed25519 key that can be read back in ${GENERATE_TRIES_MAX} tries`);
}

const GENERATE_TRIES_MAX = 20;
const KEY_COMMENT = 'anneal';
const publicKeyLine = (type: string, blob: Buffer): string => `${type} ${blob.toString('base64')} ${KEY_COMMENT}`;
