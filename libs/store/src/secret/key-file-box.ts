import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretBox } from '#app';
import { refuse, type Refusal } from '#core';

/**
 * Seals with AES-256-GCM (NIST SP 800-38D). The keys are in `secrets.key` of ANNEAL_HOME, mode 600, made at first start, or
 * in ANNEAL_SECRETS_KEY where several hosts work on one database: base64, one a line (or separated by commas), the newest
 * first. The newest seals, all of them open. The key is never in the database, and losing it loses what was sealed: nothing
 * here makes a second one where there was one before.
 *
 * A sealed value is `v1.KEY.NONCE.TEXT`: the id of its key, 96 bits of chance, and the ciphertext with its tag of 128 bits.
 */
export class KeyFileBox extends SecretBox {
  private readonly keys: readonly Key[];

  /** @param keys of 32 bytes, the newest first; without any nothing can be sealed or opened. */
  constructor(keys: readonly Uint8Array[]) {
    super();
    this.keys = keys.map((bytes) => ({ id: idOfKey(bytes), bytes }));
  }

  override seal(secret: string, belongs: string): string | Refusal {
    const [key] = this.keys;
    if (!key) {
      return refuse(
        'unavailable',
        'this process has no key to keep secrets with: start it with ANNEAL_HOME, or with ANNEAL_SECRETS_KEY as the others have',
      );
    }
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key.bytes, nonce);
    cipher.setAAD(Buffer.from(belongs));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, key.id, nonce.toString('base64url'), text.toString('base64url')].join('.');
  }

  override open(sealed: string, belongs: string): string | null {
    const [version, id, nonceText, bodyText, ...more] = sealed.split('.');
    const key = this.keys.find((each) => each.id === id);
    if (version !== VERSION || !key || nonceText === undefined || bodyText === undefined || more.length > 0)
      return null;
    const [nonce, body] = [Buffer.from(nonceText, 'base64url'), Buffer.from(bodyText, 'base64url')];
    if (nonce.length !== NONCE_BYTES || body.length < TAG_BYTES) return null;
    const decipher = createDecipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(belongs));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      // The tag does not fit: another belongs, or changed. Node has no other way to say so.
      return null;
    }
  }

  override mark(): string | null {
    const [key] = this.keys;
    return key ? `${VERSION}.${key.id}.` : null;
  }

  override isOld(sealed: string): boolean {
    return sealed.split('.')[1] !== this.keys[0]?.id;
  }
}

/**
 * The box of this process: keys from ANNEAL_SECRETS_KEY, else from `home`/secrets.key, which is made when it is missing;
 * without either a box that refuses. A key that cannot be read, or a file that others can read, is an error with its path.
 */
export const openSecretBox = (home: string | null, fromEnvironment = process.env['ANNEAL_SECRETS_KEY']): SecretBox => {
  if (fromEnvironment !== undefined && fromEnvironment.trim() !== '') {
    return new KeyFileBox(keysIn(fromEnvironment, 'ANNEAL_SECRETS_KEY'));
  }
  return new KeyFileBox(home === null ? [] : keysOf(join(home, KEY_FILE)));
};

interface Key {
  readonly id: string;
  readonly bytes: Uint8Array;
}

const CIPHER = 'aes-256-gcm';
const VERSION = 'v1';
const KEY_BYTES = 32;
/** The length that GCM is made for. At 2^32 values under one key chance begins to repeat; we seal thousands. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_FILE = 'secrets.key';
/** Bits that would let others read it. */
const OTHERS = 0o077;

const idOfKey = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 8);

/** Two processes that start at the same time end with the same key. */
const keysOf = (path: string): Uint8Array[] => {
  const existing = readIfThere(path);
  if (existing !== null) return keysIn(existing, path);
  const fresh = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  writeFileSync(fresh, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new Error(`write the key of this installation's secrets to ${path}`, { cause: error });
  } finally {
    rmSync(fresh, { force: true });
  }
  return keysIn(readFileSync(path, 'utf8'), path);
};

const readIfThere = (path: string): string | null => {
  try {
    const { mode } = statSync(path);
    if ((mode & OTHERS) !== 0) throw new Error(`others can read ${path}; run: chmod 600 ${path}`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

const keysIn = (text: string, where: string): Uint8Array[] => {
  const keys = text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => Buffer.from(word, 'base64'));
  if (keys.length === 0 || keys.some(({ length }) => length !== KEY_BYTES))
    throw new Error(`${where} must hold keys of ${KEY_BYTES} bytes in base64; \`openssl rand -base64 32\` makes one`);
  return keys;
};
