import type { AccessRecords } from '../ports/access-store.js';
import type { IdSource } from '../ports/id-source.js';
import type { PasswordHasher } from '../ports/password-hasher.js';
import type { Secrets } from '../ports/secrets.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { CreateToken, ListTokens, RevokeToken, ShowToken } from './change-tokens.js';
import { CreateUser, DeleteUser, ListUsers, ShowUser, UpdateUser } from './change-users.js';
import { IsSetupNeeded, MakeFirstAdministrator, PrepareSetup } from './first-administrator.js';
import { EnsureHostToken } from './host-token.js';
import { LogIn, LogOut } from './log-in.js';
import { SetPassword } from './set-password.js';

export { SESSION_SECONDS, type Session } from './log-in.js';
export type { MadeToken, NewToken } from './change-tokens.js';
export type { NewUser } from './change-users.js';

/** Everything that may be done about users, tokens and sessions. */
export const accessUseCases = (deps: {
  unitOfWork: UnitOfWork;
  records: AccessRecords;
  ids: IdSource;
  hasher: PasswordHasher;
  secrets: Secrets;
}) => {
  const { unitOfWork, records, ids, hasher, secrets } = deps;
  return {
    listUsers: new ListUsers(unitOfWork),
    showUser: new ShowUser(unitOfWork),
    createUser: new CreateUser(unitOfWork, ids, hasher),
    updateUser: new UpdateUser(unitOfWork),
    deleteUser: new DeleteUser(unitOfWork),
    setPassword: new SetPassword(unitOfWork, hasher),
    listTokens: new ListTokens(unitOfWork),
    showToken: new ShowToken(unitOfWork),
    createToken: new CreateToken(unitOfWork, ids, secrets),
    revokeToken: new RevokeToken(unitOfWork),
    logIn: new LogIn(unitOfWork, ids, hasher, secrets),
    logOut: new LogOut(unitOfWork),
    isSetupNeeded: new IsSetupNeeded(unitOfWork),
    prepareSetup: new PrepareSetup(unitOfWork, secrets),
    makeFirstAdministrator: new MakeFirstAdministrator(unitOfWork, ids, hasher, secrets),
    ensureHostToken: new EnsureHostToken(unitOfWork, ids, records, secrets),
  };
};
export type AccessUseCases = ReturnType<typeof accessUseCases>;
