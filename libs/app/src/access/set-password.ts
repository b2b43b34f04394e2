import { isRefusal, refuse, type Refusal } from '#core';
import type { Principal } from '../ports/access-store.js';
import type { PasswordHasher } from '../ports/password-hasher.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { noUser } from './change-users.js';

/**
 * Sets a password. Administrators may set anybody's; everybody may change their own and proves that it is really they
 * with the current one. All sessions of the user end with it.
 */
export class SetPassword {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hasher: PasswordHasher,
  ) {}

  async execute(
    principal: Principal,
    input: { readonly key: string; readonly password: string; readonly current?: string | undefined },
  ): Promise<void | Refusal> {
    const user = await this.unitOfWork.write(
      principal.actor,
      async (tx) => (await tx.access.lockUser(input.key)) ?? noUser(input.key),
    );
    const own = !isRefusal(user) && user.id === principal.userId;
    // Who may not set another's password shall not learn from the answer which names there are.
    if (!own && principal.role !== 'admin')
      return refuse('forbidden', 'only an administrator may set the password of somebody else.');
    if (isRefusal(user)) return user;
    const proven = !own || !user.passwordHash || (await this.hasher.verify(user.passwordHash, input.current ?? ''));
    if (!proven)
      return refuse('forbidden', 'to change your own password, say the current one as "current".', {
        field: 'current',
      });
    const passwordHash = await this.hasher.hash(input.password);
    await this.unitOfWork.write(principal.actor, async (tx) => {
      await tx.access.updateUser(user.id, { passwordHash });
      await tx.access.endSessions(user.id);
    });
  }
}
