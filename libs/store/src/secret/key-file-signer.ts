import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Signer, type RefstackSignature } from '#app';
import { opensshRsaKey, refuse, type DetachedSignature, type Refusal } from '#core';

/**
 * Signs with keys that are files of ANNEAL_HOME, mode 600. `signing.key` is this installation's own (ed25519, PKCS #8 in
 * PEM), made when it is first needed; who keeps its public half recognises what it has signed. `refstack.pem` is the RSA key
 * that an operator has registered at RefStack; nothing here makes or replaces it.
 */
export class KeyFileSigner extends Signer {
  private own: KeyObject | null = null;

  constructor(private readonly home: string | null) {
    super();
  }

  override sha256(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('hex');
  }

  override md5(text: string): string {
    return createHash('md5').update(text).digest('hex');
  }

  override sign(bytes: Uint8Array): DetachedSignature | Refusal {
    if (this.home === null) return noHome;
    this.own ??= ownKey(join(this.home, OWN_KEY));
    const publicKey = createPublicKey(this.own).export({ format: 'der', type: 'spki' }).subarray(-PUBLIC_BYTES);
    return {
      algorithm: 'ed25519',
      public_key: publicKey.toString('hex'),
      signature: sign(null, bytes, this.own).toString('hex'),
    };
  }

  override signRefstack(body: string): RefstackSignature | Refusal {
    if (this.home === null) return noHome;
    const path = join(this.home, REFSTACK_KEY);
    const pem = readPrivate(path);
    if (pem === null)
      return refuse(
        'unavailable',
        `there is no key for RefStack: put the RSA key that is registered there to ${path}, mode 600.`,
      );
    let key: KeyObject;
    try {
      key = createPrivateKey(pem);
    } catch {
      return refuse('invalid', `${path} is no private key in PEM without a passphrase.`);
    }
    if (key.asymmetricKeyType !== 'rsa')
      return refuse('invalid', `${path} is no RSA key, and RefStack takes no other.`);
    const { n, e } = createPublicKey(key).export({ format: 'jwk' }) as { readonly n: string; readonly e: string };
    // PKCS #1 v1.5 is what Node takes for RSA keys unless it is told otherwise.
    return { signature: sign('sha256', Buffer.from(body), key).toString('hex'), publicKey: opensshRsaKey({ n, e }) };
  }
}

const OWN_KEY = 'signing.key';
const REFSTACK_KEY = 'refstack.pem';
/** At the end of a SubjectPublicKeyInfo (RFC 8410 §4). */
const PUBLIC_BYTES = 32;
/** Bits that would let others read it. */
const OTHERS = 0o077;

const noHome = refuse('unavailable', 'this process has no folder for keys: start it with ANNEAL_HOME.');

/** Two processes that need it at the same time end with the same key. */
function ownKey(path: string): KeyObject {
  const existing = readPrivate(path);
  if (existing !== null) return createPrivateKey(existing);
  const fresh = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(fresh, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flush: true });
  try {
    linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new Error(`write the key that evidence is signed with to ${path}`, { cause: error });
  } finally {
    rmSync(fresh, { force: true });
  }
  return createPrivateKey(readFileSync(path, 'utf8'));
}

function readPrivate(path: string): string | null {
  try {
    if ((statSync(path).mode & OTHERS) !== 0) throw new Error(`others can read ${path}; run: chmod 600 ${path}`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
