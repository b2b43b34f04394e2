import type { OpenStackAccess } from './access.js';
import { listAt, objectAt, textAt } from './fields.js';
import { ask, messageOf, troubleOf, type Fields, type Trouble } from './http.js';

/** A token with what it is good for. */
export interface Login {
  readonly kind: 'in';
  readonly token: string;
  readonly project: string | null;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly catalog: readonly Fields[];
}

/** When a token does not say when it ends: less than Keystone gives by default. */
const TOKEN_MS_DEFAULT = 20 * 60_000;

/** Logs in at Keystone, by password for one project, or by application credential (Identity API v3). */
export const logIn = async (access: OpenStackAccess, signal: AbortSignal): Promise<Login | Trouble> => {
  const told = await ask({ method: 'POST', url: `${access.authUrl}/auth/tokens`, body: wish(access), signal });
  if (told.kind !== 'told') return told;
  if (told.status === 401)
    return {
      kind: 'failed',
      says: `Keystone does not let ${whoOf(access)} in: ${messageOf(told)}; set user and secret of provider ${access.name} anew`,
    };
  if (told.status !== 201) return troubleOf(told, `Keystone at ${access.authUrl} does not let ${whoOf(access)} in`);
  const token = told.headers.get('x-subject-token');
  const about = objectAt(told.body, 'token');
  if (!token) return { kind: 'failed', says: `${access.authUrl} is no Keystone: its answer has no token` };
  const expires = Date.parse(textAt(about, 'expires_at') ?? '');
  return {
    kind: 'in',
    token,
    project: textAt(objectAt(about, 'project'), 'id'),
    expiresAt: Number.isNaN(expires) ? Date.now() + TOKEN_MS_DEFAULT : expires,
    catalog: listAt(about, 'catalog'),
  };
};

const wish = ({ account, applicationCredential, secret }: OpenStackAccess): unknown =>
  account === null
    ? {
        auth: {
          identity: {
            methods: ['application_credential'],
            application_credential: { id: applicationCredential, secret },
          },
        },
      }
    : {
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { name: account.user, domain: { name: account.userDomain }, password: secret } },
          },
          scope: { project: { name: account.project, domain: { name: account.projectDomain } } },
        },
      };

const whoOf = ({ account, applicationCredential }: OpenStackAccess): string =>
  account === null
    ? `application credential ${applicationCredential}`
    : `${account.user} for project ${account.project}`;

/** Names under which clouds list a service; the first that is there counts. */
const TYPES = {
  compute: ['compute'],
  network: ['network'],
  image: ['image'],
} as const;
export type Service = keyof typeof TYPES;

/** Where a service is, without a slash at the end. */
export const endpointOf = (
  { catalog }: Pick<Login, 'catalog'>,
  service: Service,
  { region, interface: wanted, name }: Pick<OpenStackAccess, 'region' | 'interface' | 'name'>,
): { readonly kind: 'at'; readonly url: string } | Trouble => {
  const entry = catalog.find((each) => (TYPES[service] as readonly string[]).includes(textAt(each, 'type') ?? ''));
  if (!entry) return { kind: 'failed', says: `the cloud has no ${service} service in its catalog` };
  const regionOf = (endpoint: Fields): string => textAt(endpoint, 'region_id') ?? textAt(endpoint, 'region') ?? '';
  const offered = listAt(entry, 'endpoints').filter((endpoint) => textAt(endpoint, 'interface') === wanted);
  const regions = [...new Set(offered.map(regionOf))];
  if (region === null && regions.length > 1)
    return {
      kind: 'failed',
      says: `the ${service} service is in several regions: give provider ${name} one of ${regions.join(', ')}`,
    };
  const url = textAt(offered.find((endpoint) => region === null || regionOf(endpoint) === region) ?? {}, 'url');
  return url === null
    ? {
        kind: 'failed',
        says: `the ${service} service has no ${wanted} endpoint${region === null ? '' : ` in region ${region}`}; there are regions ${regions.join(', ') || 'none'}`,
      }
    : { kind: 'at', url: url.replace(/\/+$/, '') };
};
