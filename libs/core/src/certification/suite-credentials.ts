import type { CloudAccess } from './cloud-access.js';
import type { TempestConf } from './tempest-conf.js';

/**
 * As whom a suite did what it did, without names and passwords. A guideline says of each capability whether it is for plain
 * users or needs an administrator; a test of the first kind that had an administrator's rights says nothing of users.
 */
export interface SuiteCredentials {
  /** `made`: an administrator made users for the tests; `given`: the accounts were there before. */
  readonly kind: 'made' | 'given';
  /** Whether a test that asks for an administrator has got one. */
  readonly administrator: boolean;
  /** Roles of those that tests used as plain users, in order of the alphabet. */
  readonly userRoles: readonly string[];
  readonly usersAreAdministrators: boolean;
}

/** The suite's own, where its configuration names none. */
const ADMIN_ROLE = 'admin';

/** Reads it off the configuration as it was written. Accounts with the role of administrators are never given to users. */
export const credentialsOf = (access: CloudAccess, conf: TempestConf): SuiteCredentials => {
  const said = (section: string, key: string): string | undefined =>
    conf.values.find((value) => value.section === section && value.key === key)?.value;
  const adminRole = said('identity', 'admin_role') ?? ADMIN_ROLE;
  if (access.admin === null) {
    const isAdmin = ({ roles }: { readonly roles: readonly string[] }): boolean => roles.includes(adminRole);
    const users = access.accounts.filter((account) => !isAdmin(account));
    return {
      kind: 'given',
      administrator: access.accounts.some(isAdmin),
      userRoles: [...new Set(users.flatMap(({ roles }) => roles))].sort(),
      usersAreAdministrators: false,
    };
  }
  const userRoles = (said('auth', 'tempest_roles') ?? '')
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '')
    .sort();
  return { kind: 'made', administrator: true, userRoles, usersAreAdministrators: userRoles.includes(adminRole) };
};
