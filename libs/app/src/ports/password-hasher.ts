/** Turns passwords into what may be kept. Slow on purpose; the adapter bounds how many it works on at once. */
export abstract class PasswordHasher {
  /** argon2id in the PHC string format. */
  abstract hash(password: string): Promise<string>;
  /** False for a wrong password, and after the same time when there is no hash to compare with. */
  abstract verify(hash: string | null, password: string): Promise<boolean>;
}
