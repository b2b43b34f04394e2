import type { Generate } from '#core';

/** Makes secrets by chance; a use case has none of its own, and a test has a chance that it knows. */
export abstract class SecretMaker {
  /** A new one of the length and the alphabet that are asked for; base64 with its padding. */
  abstract make(wish: Generate): string;
}
