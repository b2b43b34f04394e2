export interface OrderToken {
  /** Given away once and kept nowhere. */
  readonly token: string;
  /** SHA-256, hex. */
  readonly hash: string;
}

/** Makes and recognises the tokens of installs; chance and digests are not the use cases' to make. */
export abstract class OrderTokens {
  abstract make(): OrderToken;
  abstract hashOf(token: string): string;
}
