export interface MadeSecret {
  /** Shown once. */
  readonly secret: string;
  /** SHA-256: the secret has 256 bits of chance, so there is nothing to guess and a plain digest will do. */
  readonly hash: Uint8Array;
  /** The first characters, to recognise it by. */
  readonly prefix: string;
}

/** Makes and recognises secrets; chance and digests are not the use cases' to make. */
export abstract class Secrets {
  /** A token's secret. */
  abstract make(): MadeSecret;
  abstract hashOf(secret: string): Uint8Array;
  /** Whether a text was sealed with this key (HMAC-SHA256, base64url); takes the same time wherever two seals differ. */
  abstract isSeal(key: string, text: string, seal: string): boolean;
  /** A one-time code that a person copies from a console. */
  abstract makeCode(): string;
  /** Digest of a code as it may be kept. */
  abstract digestOfCode(code: string): string;
  /** Whether a code, as a person typed it, has this digest; takes the same time wherever they differ. */
  abstract isCode(digest: string, code: string): boolean;
}
