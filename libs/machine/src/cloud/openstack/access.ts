import type { ProviderAccess } from '#app';

/** How an OpenStack cloud is reached, read from the row of a provider. */
export interface OpenStackAccess {
  readonly name: string;
  /** Keystone, with `/v3` and without a slash at the end. */
  readonly authUrl: string;
  /** Null with an application credential. */
  readonly account: {
    readonly user: string;
    readonly userDomain: string;
    readonly project: string;
    readonly projectDomain: string;
  } | null;
  readonly applicationCredential: string | null;
  readonly secret: string;
  /** Null: the only one there is. */
  readonly region: string | null;
  /** `public`, `internal` or `admin`. */
  readonly interface: string;
}

/** Domains are called so where nobody made another. */
const DOMAIN_DEFAULT = 'Default';

export const accessOf = ({ name, access, secret }: ProviderAccess): OpenStackAccess => {
  const text = (field: string): string | null => {
    const value = access[field];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const root = (text('auth_url') ?? '').replace(/\/+$/, '');
  const applicationCredential = text('application_credential');
  return {
    name,
    authUrl: root.endsWith('/v3') ? root : `${root}/v3`,
    applicationCredential,
    account: applicationCredential
      ? null
      : {
          user: text('user') ?? '',
          userDomain: text('user_domain') ?? DOMAIN_DEFAULT,
          project: text('project') ?? '',
          projectDomain: text('project_domain') ?? text('user_domain') ?? DOMAIN_DEFAULT,
        },
    secret,
    region: text('region'),
    interface: text('interface') ?? 'public',
  };
};
