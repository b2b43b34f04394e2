import type { Refusal } from '#core';

/**
 * Keeps secrets that have to be read again, such as passwords of BMCs, so that a copy of the database alone gives none of
 * them away. What only has to be recognised is hashed instead (`Secrets`, `PasswordHasher`).
 */
export abstract class SecretBox {
  /**
   * `belongs` says whose secret it is, such as `bmc/<id>/password`: it is not part of what is returned, but a sealed value
   * that was moved to another row or column does not open there. `unavailable` when this process was given no key.
   */
  abstract seal(secret: string, belongs: string): string | Refusal;
  /** Null when the key is not the one it was sealed with, it belongs elsewhere, or it was changed. */
  abstract open(sealed: string, belongs: string): string | null;
  /** Whether it was sealed with a key that has been replaced since, and should be sealed anew. */
  abstract isOld(sealed: string): boolean;
  /** What values begin with that are sealed now, so that others can be looked for; null without a key. */
  abstract mark(): string | null;
}
