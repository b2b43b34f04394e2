import { describe, expect, it } from 'vitest';
import type { CloudAccess, CloudAccount } from './cloud-access.js';
import { describeCloud } from './cloud-description.js';
import { credentialsOf } from './suite-credentials.js';
import { renderTempestConf } from './tempest-conf.js';

const account = (...roles: readonly string[]): CloudAccount => ({
  ...{ username: 'u', password: 'p', project: 'x', userDomain: 'Default', projectDomain: 'Default' },
  roles,
});

const told = (over: Partial<CloudAccess>, planned: Readonly<Record<string, string>> = {}) => {
  const value: CloudAccess = {
    ...{ identityUrl: 'http://k/v3', region: 'R', endpointType: 'public', caCertificate: null },
    ...{ admin: account('admin'), accounts: [] },
    ...over,
  };
  const cloud = describeCloud({
    access: { value, from: 'here' },
    attribs: {},
    seen: { roles: ['admin', 'member', 'reader'] },
    planned,
  });
  return credentialsOf(value, renderTempestConf(cloud, { secret: '/run/x' }));
};

describe('as whom a suite ran', () => {
  it('is as users whom an administrator made, with the roles of members', () => {
    expect(told({})).toEqual({
      kind: 'made',
      administrator: true,
      userRoles: ['member'],
      usersAreAdministrators: false,
    });
  });

  it('is as administrators where the plan gives users their role, by whatever name', () => {
    expect(told({}, { 'auth.tempest_roles': 'reader, admin' })).toMatchObject({
      userRoles: ['admin', 'reader'],
      usersAreAdministrators: true,
    });
    const renamed = { 'auth.tempest_roles': 'root', 'identity.admin_role': 'root' };
    expect(told({}, renamed).usersAreAdministrators).toBe(true);
  });

  it('is as the accounts that were given, of which an administrator is given only to tests that ask for one', () => {
    const accounts = [account('member'), account('reader', 'member'), account('admin', 'member')];
    expect(told({ admin: null, accounts })).toEqual({
      kind: 'given',
      administrator: true,
      userRoles: ['member', 'reader'],
      usersAreAdministrators: false,
    });
    expect(told({ admin: null, accounts: accounts.slice(0, 2) }).administrator).toBe(false);
  });
});
