import { refuse, type Refusal } from '#core';
import type { UserId, UserView } from '../ports/access-store.js';
import type { IdSource } from '../ports/id-source.js';
import type { PasswordHasher } from '../ports/password-hasher.js';
import type { Secrets } from '../ports/secrets.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const SETUP = 'setup';

/** Whether nobody has made the first administrator yet. */
export class IsSetupNeeded {
  constructor(private readonly unitOfWork: UnitOfWork) {}
  execute(): Promise<boolean> {
    return this.unitOfWork.read(async (tx) => !(await tx.access.anyUser()));
  }
}

/**
 * Gives the one-time code for the console while there is no user. A code that was given before stays valid: `known` is
 * kept when the database agrees, so that a restart does not make what an operator noted down worthless.
 */
export class PrepareSetup {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly secrets: Secrets,
  ) {}

  execute(known: string | null): Promise<string | null> {
    return this.unitOfWork.write(SETUP, async (tx) => {
      if (await tx.access.anyUser()) return null;
      const stored = await tx.access.setupCode();
      if (known !== null && stored !== null && this.secrets.isCode(stored, known)) return known;
      const code = this.secrets.makeCode();
      await tx.access.putSetupCode(this.secrets.digestOfCode(code));
      return code;
    });
  }
}

/** Makes the first administrator for whoever read the code on the console. The code is used up by it. */
export class MakeFirstAdministrator {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdSource,
    private readonly hasher: PasswordHasher,
    private readonly secrets: Secrets,
  ) {}

  async execute(input: {
    readonly code: string;
    readonly name: string;
    readonly password: string;
  }): Promise<UserView | Refusal> {
    const passwordHash = await this.hasher.hash(input.password);
    return this.unitOfWork.write(SETUP, async (tx) => {
      // The code's row is locked first: of two who hold the code, one makes the administrator.
      const stored = await tx.access.setupCode();
      if (await tx.access.anyUser())
        return refuse(
          'wrong-state',
          'the first administrator has been made: log in, or ask an administrator for a user.',
        );
      if (stored === null || !this.secrets.isCode(stored, input.code))
        return refuse('unauthenticated', 'this is not the code that `anneal up` printed when it started last.', {
          field: 'code',
        });
      const id = this.ids.next<UserId>();
      await tx.access.insertUser({ id, name: input.name, display: '', role: 'admin', passwordHash });
      await tx.access.putSetupCode(null);
      return (await tx.access.user(id))!;
    });
  }
}
