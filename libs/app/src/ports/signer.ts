import type { DetachedSignature, Refusal } from '#core';

/** As RefStack takes it, in the headers X-Signature and X-Public-Key. */
export interface RefstackSignature {
  /** RSA with SHA-256 (PKCS #1 v1.5) over exactly the bytes of the body, hex. */
  readonly signature: string;
  /** `ssh-rsa AAAA…` */
  readonly publicKey: string;
}

/** Vouches for documents with keys that never leave it, and takes digests. */
export abstract class Signer {
  /** Hex. */
  abstract sha256(bytes: Uint8Array): string;
  /** Hex. It protects nothing; RefStack names clouds by it that tell no id of their own. */
  abstract md5(text: string): string;
  /** With this installation's own key, made when it is first needed; the same bytes have the same signature. */
  abstract sign(bytes: Uint8Array): DetachedSignature | Refusal;
  /** With the key that the operator has registered at RefStack; `unavailable` where none was put in place. */
  abstract signRefstack(body: string): RefstackSignature | Refusal;
}
