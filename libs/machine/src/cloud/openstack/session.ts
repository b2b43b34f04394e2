import type { OpenStackAccess } from './access.js';
import { listAt, objectAt, textAt } from './fields.js';
import { ask, messageOf, troubleOf, type Fields, type Told, type Trouble } from './http.js';
import { endpointOf, logIn, type Login, type Service } from './identity.js';

/** A token is not used in its last minute: a request may take as long. */
const TOKEN_SPARE_MS = 60_000;
/** The oldest version of Nova's API, which all clouds of the last ten years have; it has all that is asked for here. */
const MICROVERSION = '2.1';
/** What the paths of each service begin with, where the catalog does not say it. */
const PREFIXES: Readonly<Record<Service, string>> = { compute: '', network: '/v2.0', image: '/v2' };
/** Things that are read of a list at the most; what is beyond is left out, and told. */
export const LISTED_MAX = 2_000;
/** Things on a page; services give fewer when they allow no more. */
const PAGE_LIMIT = 200;
const PAGES_MAX = 100;

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Statuses beyond 2xx that the caller deals with. */
  readonly also?: readonly number[];
  /** What is being done, for messages. */
  readonly what: string;
  readonly signal: AbortSignal;
}

/**
 * A conversation with one cloud as one account: logs in when needed, and once more when a token is no longer taken, finds
 * the services in the catalog, and reads lists page by page.
 */
export class OpenStackSession {
  private login: Login | null = null;
  private loggingIn: Promise<Login | Trouble> | null = null;
  private microversion = MICROVERSION;

  constructor(readonly access: OpenStackAccess) {}

  /** The project that the account is in; what belongs to others is not ours to use. */
  async project(signal: AbortSignal): Promise<{ readonly kind: 'is'; readonly id: string | null } | Trouble> {
    const login = await this.in(signal);
    return login.kind === 'in' ? { kind: 'is', id: login.project } : login;
  }

  /** An answer of 2xx, or of a status that the caller deals with. */
  async ask(service: Service, request: Request): Promise<Told | Trouble> {
    const told = await this.authorized(service, request);
    if (told.kind !== 'told') return told;
    if (told.status === 406 && service === 'compute') return await this.inAnotherVersion(request, told);
    return this.judge(request, told);
  }

  /** All things of a list, from page to page. `name` is the field that they are in. */
  async list(
    service: Service,
    name: string,
    request: Request,
  ): Promise<{ readonly kind: 'listed'; readonly items: readonly Fields[]; readonly all: boolean } | Trouble> {
    const items: Fields[] = [];
    const join = request.path.includes('?') ? '&' : '?';
    let path: string | null = `${request.path}${join}limit=${PAGE_LIMIT}`;
    for (let pages = 0; path !== null && pages < PAGES_MAX && items.length < LISTED_MAX; pages += 1) {
      const told: Told | Trouble = await this.ask(service, { ...request, path });
      if (told.kind !== 'told') return told;
      const found = listAt(told.body, name);
      items.push(...found);
      path = found.length === 0 ? null : nextOf(told.body, name, request.path);
    }
    return { kind: 'listed', items: items.slice(0, LISTED_MAX), all: path === null };
  }

  private judge(request: Request, told: Told): Told | Trouble {
    const isWell = told.status >= 200 && told.status < 300;
    if (isWell || request.also?.includes(told.status)) return told;
    if (told.status >= 300 && told.status < 400)
      return {
        kind: 'failed',
        says: `${request.what}: the catalog points to an address that redirects to ${told.headers.get('location') ?? 'another'}; mend the endpoint there`,
      };
    return troubleOf(told, request.what);
  }

  private async authorized(service: Service, request: Request): Promise<Told | Trouble> {
    const first = await this.send(service, request);
    if (first.kind !== 'told' || first.status !== 401) return first;
    // It may have been revoked, or the cloud has forgotten its keys.
    this.login = null;
    const second = await this.send(service, request);
    if (second.kind !== 'told' || second.status !== 401) return second;
    return {
      kind: 'failed',
      says: `${request.what}: the ${service} service does not take tokens that Keystone has just given: ${messageOf(second)}`,
    };
  }

  private async send(service: Service, request: Request): Promise<Told | Trouble> {
    const login = await this.in(request.signal);
    if (login.kind !== 'in') return login;
    const at = endpointOf(login, service, this.access);
    if (at.kind !== 'at') return at;
    const prefix = PREFIXES[service];
    const base = prefix === '' || at.url.endsWith(prefix) ? at.url : `${at.url}${prefix}`;
    const { method = 'GET', path, body, signal } = request;
    return await ask({
      method,
      url: `${base}${path}`,
      signal,
      ...(body === undefined ? {} : { body }),
      headers: {
        'x-auth-token': login.token,
        ...(service === 'compute'
          ? {
              'openstack-api-version': `compute ${this.microversion}`,
              'x-openstack-nova-api-version': this.microversion,
            }
          : {}),
      },
    });
  }

  /** The cloud has taken the oldest version away: it is spoken to in the oldest that it has (Nova's version document). */
  private async inAnotherVersion(request: Request, refused: Told): Promise<Told | Trouble> {
    const { body: _body, ...rest } = request;
    const document = await this.send('compute', { ...rest, method: 'GET', path: '/', what: 'asking for versions' });
    if (document.kind !== 'told') return document;
    const about = objectAt(document.body, 'version');
    const oldest = textAt(about, 'min_version');
    if (oldest === null || oldest === this.microversion) return troubleOf(refused, request.what);
    this.microversion = oldest;
    const told = await this.authorized('compute', request);
    return told.kind === 'told' ? this.judge(request, told) : told;
  }

  private async in(signal: AbortSignal): Promise<Login | Trouble> {
    if (this.login && this.login.expiresAt - TOKEN_SPARE_MS > Date.now()) return this.login;
    // Whoever comes meanwhile waits for the same login.
    this.loggingIn ??= logIn(this.access, signal).finally(() => (this.loggingIn = null));
    const login = await this.loggingIn;
    if (login.kind === 'in') this.login = login;
    return login;
  }
}

/**
 * Where the next page is: `servers_links` and `networks_links` have an address, Glance a path. Only its query counts, for
 * clouds behind a proxy write addresses there that nobody else can reach.
 */
const nextOf = (body: Fields, name: string, path: string): string | null => {
  const links = listAt(body, `${name}_links`);
  const next = textAt(links.find((link) => textAt(link, 'rel') === 'next') ?? {}, 'href') ?? textAt(body, 'next');
  if (next === null || !next.includes('?')) return null;
  return `${path.split('?')[0]}?${next.slice(next.indexOf('?') + 1)}`;
};
