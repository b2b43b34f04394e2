import { hash, verify } from '@node-rs/argon2';
import { PasswordHasher } from '#app';

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. The library's default algorithm is argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Passwords worked on at once: each takes a core and its memory for some tens of milliseconds. */
const AT_ONCE_MAX = 2;

/** argon2id in threads of its own. Verifying for a name that nobody has costs as much as for one that somebody has. */
export class Argon2Hasher extends PasswordHasher {
  private busy = 0;
  private readonly waiting: (() => void)[] = [];
  private nobodys: Promise<string> | null = null;

  override hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, COST));
  }

  override async verify(kept: string | null, password: string): Promise<boolean> {
    const against = kept ?? (await (this.nobodys ??= this.hash('nobody has this password')));
    const right = await this.inTurn(() => verify(against, password));
    return right && kept !== null;
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.busy >= AT_ONCE_MAX) await new Promise<void>((go) => this.waiting.push(go));
    else this.busy += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy -= 1;
    }
  }
}
