import { isRefusal, refuse, type Refusal } from '#core';
import type {
  AccessStore,
  NewUserRecord,
  PersonRole,
  UserChanges,
  UserId,
  UserRecord,
  UserView,
} from '../ports/access-store.js';
import type { IdSource } from '../ports/id-source.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { PasswordHasher } from '../ports/password-hasher.js';
import type { Actor, UnitOfWork } from '../ports/unit-of-work.js';

/** People: simple rows with one rule, that an administrator who can log in always remains. */

export interface NewUser {
  readonly name: string;
  readonly display: string;
  readonly role: PersonRole;
  readonly password?: string | undefined;
}

export class ListUsers {
  constructor(private readonly unitOfWork: UnitOfWork) {}
  execute(query: ListQuery): Promise<Page<UserView> | Refusal> {
    return this.unitOfWork.read((tx) => tx.access.users(query));
  }
}

export class ShowUser {
  constructor(private readonly unitOfWork: UnitOfWork) {}
  execute(key: string): Promise<UserView | Refusal> {
    return this.unitOfWork.read(async (tx) => (await tx.access.user(key)) ?? noUser(key));
  }
}

export class CreateUser {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdSource,
    private readonly hasher: PasswordHasher,
  ) {}

  async execute(actor: Actor, input: NewUser): Promise<UserView | Refusal> {
    // Hashing takes long: not inside of the transaction.
    const record: NewUserRecord = {
      id: this.ids.next<UserId>(),
      name: input.name,
      display: input.display,
      role: input.role,
      passwordHash: input.password === undefined ? null : await this.hasher.hash(input.password),
    };
    return this.unitOfWork.write(actor, async (tx) => {
      if (await tx.access.lockUser(input.name))
        return refuse('already-exists', `there is a user "${input.name}" already.`, { name: input.name });
      await tx.access.insertUser(record);
      return (await tx.access.user(record.id))!;
    });
  }
}

export class UpdateUser {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  execute(
    actor: Actor,
    input: {
      readonly key: string;
      readonly ifVersion: number | undefined;
      readonly changes: Omit<UserChanges, 'passwordHash'>;
    },
  ): Promise<UserView | Refusal> {
    return this.unitOfWork.write(actor, async (tx) => {
      const user = await lockCurrent(tx.access, input.key, input.ifVersion);
      if (isRefusal(user)) return user;
      const steppingDown = (input.changes.role ?? user.role) !== 'admin' || (input.changes.locked ?? user.locked);
      const alone = steppingDown && (await isLastAdministrator(tx.access, user));
      if (alone) return lastAdministrator(user);
      await tx.access.updateUser(user.id, input.changes);
      return (await tx.access.user(user.id))!;
    });
  }
}

export class DeleteUser {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  execute(
    actor: Actor,
    input: { readonly key: string; readonly ifVersion: number | undefined },
  ): Promise<void | Refusal> {
    return this.unitOfWork.write(actor, async (tx) => {
      const user = await lockCurrent(tx.access, input.key, input.ifVersion);
      if (isRefusal(user)) return user;
      if (await isLastAdministrator(tx.access, user)) return lastAdministrator(user);
      await tx.access.deleteUser(user.id);
    });
  }
}

const lockCurrent = async (
  access: AccessStore,
  key: string,
  ifVersion: number | undefined,
): Promise<UserRecord | Refusal> => {
  const user = await access.lockUser(key);
  if (!user) return noUser(key);
  if (ifVersion !== undefined && ifVersion !== user.version)
    return refuse(
      'stale-version',
      `the user "${user.name}" was changed meanwhile: it is at version ${user.version}, not ${ifVersion}. Read it again.`,
      { version: user.version },
    );
  return user;
};

const isLastAdministrator = async (access: AccessStore, user: UserRecord): Promise<boolean> => {
  const administrators = await access.lockAdministrators();
  return administrators.length === 1 && administrators[0] === user.id;
};

const lastAdministrator = (user: UserView): Refusal =>
  refuse('conflict', `"${user.name}" is the last administrator who can log in: make another one first.`, {
    user: user.name,
  });

export const noUser = (key: string): Refusal => refuse('not-found', `there is no user "${key}".`, { key });
