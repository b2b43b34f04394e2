import { refuse, type Refusal } from '#core';
import type { PersonRole, Principal, TokenId } from '../ports/access-store.js';
import type { IdSource } from '../ports/id-source.js';
import type { PasswordHasher } from '../ports/password-hasher.js';
import type { Secrets } from '../ports/secrets.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** How long a session lasts, in seconds: a working day. */
export const SESSION_SECONDS = 12 * 3_600;
/** Tokens of this name are sessions. People cannot name theirs so: theirs have no colon. */
export const SESSION_NAME = 'session:';

export interface Session {
  readonly actor: string;
  readonly role: PersonRole;
  readonly secret: string;
  readonly expiresAt: Date;
}

/** A name and a password for a session: a token that ends by itself. What was wrong is not said. */
export class LogIn {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdSource,
    private readonly hasher: PasswordHasher,
    private readonly secrets: Secrets,
  ) {}

  async execute(name: string, password: string): Promise<Session | Refusal> {
    const user = await this.unitOfWork.write(name, (tx) => tx.access.lockUser(name));
    const right = await this.hasher.verify(user?.passwordHash ?? null, password);
    if (!user || !right || user.locked)
      return refuse('unauthenticated', 'name or password is wrong, or the user is locked.');
    const { secret, hash, prefix } = this.secrets.make();
    const id = this.ids.next<TokenId>();
    const token = await this.unitOfWork.write(user.name, async (tx) => {
      await tx.access.insertToken({
        id,
        name: SESSION_NAME,
        hash,
        prefix,
        role: user.role,
        userId: user.id,
        nodeId: null,
        runId: null,
        expiresInS: SESSION_SECONDS,
      });
      return (await tx.access.token(id, user.id))!;
    });
    return { actor: user.name, role: user.role, secret, expiresAt: token.expiresAt! };
  }
}

/** Ends the session, or revokes the token, that the caller speaks with. */
export class LogOut {
  constructor(private readonly unitOfWork: UnitOfWork) {}
  execute(principal: Principal): Promise<void> {
    return this.unitOfWork.write(principal.actor, (tx) => tx.access.deleteToken(principal.tokenId));
  }
}
