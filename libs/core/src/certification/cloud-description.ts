import type { Json, JsonObject } from '../base/json.js';
import type { CloudAccess } from './cloud-access.js';

/** A value, and who says so: an attribute, an API that was asked, the plan, or a rule of ours. */
export interface Known<T> {
  readonly value: T;
  readonly from: string;
}

/** How guests run. Whatever waits for a guest waits longer where every instruction of it is emulated. */
export type HypervisorClass = 'native' | 'emulated' | 'fake';

/** All that a suite has to be told of a cloud. What is null is not known, and left to the suite's own defaults. */
export interface CloudDescription {
  readonly access: Known<CloudAccess>;
  /** By the suite's words: `nova`, `glance`, `cinder`, `neutron`, `swift`, `horizon`. */
  readonly services: ReadonlyMap<string, Known<boolean>>;
  readonly hypervisor: Known<HypervisorClass> | null;
  readonly computeNodes: Known<number> | null;
  readonly computeMicroversion: Known<string> | null;
  readonly volumeMicroversion: Known<string> | null;
  readonly placementMicroversion: Known<string> | null;
  readonly publicNetwork: Known<{ readonly id: string; readonly name: string }> | null;
  /** Extensions of the network API by alias. */
  readonly networkExtensions: Known<readonly string[]> | null;
  readonly volumeBackends: Known<readonly VolumeBackend[]> | null;
  readonly volumeBackup: Known<boolean> | null;
  /** Ways of import that the image service has. */
  readonly imageImport: Known<readonly string[]> | null;
  /** Roles of the identity service by name. */
  readonly roles: Known<readonly string[]> | null;
  readonly discoverability: Known<boolean> | null;
  /** Words of the suite itself, by section and key; they win over all of the above. */
  readonly settings: ReadonlyMap<string, Known<Scalar>>;
}

export interface VolumeBackend {
  readonly name: string;
  readonly protocol: string | null;
  readonly vendor: string | null;
}

export type Scalar = string | number | boolean;

/** What was asked of the cloud before a run; keys that are missing could not be asked, or nobody knew. */
export interface CloudSeen {
  readonly [key: string]: Json | undefined;
}

/** Attributes of the run that say something of the cloud. */
export const CLOUD_ATTRIBS = {
  region: 'openstack-region',
  endpoint: 'keystone-endpoint',
  adminPassword: 'keystone-admin-password',
  /** Settings by section and key, as the role that prepared the cloud for tests has written them. */
  settings: 'tempest-cloud',
  /** How many hypervisors are up and how they run guests; the API calls KVM and emulation by one name. */
  hypervisors: 'nova-hypervisors',
} as const;

/**
 * How a cloud of our own is reached, from the attributes of a run; a sentence where they do not say it. A role that has
 * several instances hands its outputs out as a list of `{node, value}`; all of them say the same here.
 */
export function accessOf(attribs: JsonObject): Known<CloudAccess> | string {
  const endpoint = oneOf(attribs[CLOUD_ATTRIBS.endpoint]);
  const url = typeof endpoint === 'string' ? endpoint : textOf(memberOf(endpoint, 'url'));
  if (url === null) return `no role says where keystone answers: ${CLOUD_ATTRIBS.endpoint} has no url; retry keystone`;
  const password = textOf(oneOf(attribs[CLOUD_ATTRIBS.adminPassword]));
  if (password === null) return `${CLOUD_ATTRIBS.adminPassword} has no value; retry keystone`;
  const said = (key: string, otherwise: string): string => textOf(memberOf(endpoint, key)) ?? otherwise;
  return {
    from: `attribute ${CLOUD_ATTRIBS.endpoint}`,
    value: {
      identityUrl: withVersion(url),
      region: textOf(oneOf(attribs[CLOUD_ATTRIBS.region])) ?? said('region', 'RegionOne'),
      endpointType: 'public',
      caCertificate: textOf(memberOf(endpoint, 'ca_certificate')),
      admin: {
        username: said('admin_user', 'admin'),
        password,
        project: said('admin_project', 'admin'),
        userDomain: said('admin_domain', 'Default'),
        projectDomain: said('admin_domain', 'Default'),
        roles: ['admin'],
      },
      accounts: [],
    },
  };
}

/** Puts together what is known of a cloud, from the attributes of a run, what the cloud said of itself, and the plan. */
export function describeCloud(given: {
  readonly access: Known<CloudAccess>;
  readonly attribs: JsonObject;
  readonly seen: CloudSeen;
  readonly planned: Readonly<Record<string, string>>;
}): CloudDescription {
  const { access, attribs, seen, planned } = given;
  const known = <T>(key: string, read: (value: Json) => T | null, from: string): Known<T> | null => {
    const value = seen[key];
    const wanted = value === undefined || value === null ? null : read(value);
    return wanted === null ? null : { value: wanted, from };
  };
  const told = <T>(key: string, read: (value: Json) => T | null): Known<T> | null => {
    const value = read(memberOf(oneOf(attribs[CLOUD_ATTRIBS.hypervisors]), key));
    return value === null ? null : { value, from: `attribute ${CLOUD_ATTRIBS.hypervisors}` };
  };
  return {
    access,
    services: servicesOf(seen['services']),
    hypervisor:
      told('virt_types', hypervisorOf) ??
      known('hypervisor_types', hypervisorOf, 'compute API, GET /os-hypervisors/detail'),
    computeNodes: told('up', numberOf) ?? known('hypervisors_up', numberOf, 'compute API, GET /os-hypervisors/detail'),
    computeMicroversion: known('compute_microversion', textOf, 'compute API, GET /'),
    volumeMicroversion: known('volume_microversion', textOf, 'volume API, GET /'),
    placementMicroversion: known('placement_microversion', textOf, 'placement API, GET /'),
    publicNetwork: known('public_network', networkOf, 'network API, GET /v2.0/networks?router:external=true'),
    networkExtensions: known('network_extensions', textsOf, 'network API, GET /v2.0/extensions'),
    volumeBackends: known('volume_pools', backendsOf, 'volume API, GET /scheduler-stats/get_pools?detail=true'),
    volumeBackup: known('volume_backup', booleanOf, 'volume API, GET /os-services'),
    imageImport: known('image_import', textsOf, 'image API, GET /v2/info/import'),
    roles: known('roles', textsOf, 'identity API, GET /v3/roles'),
    discoverability: known('object_info', booleanOf, 'object storage API, GET /info'),
    settings: new Map([...settingsOf(oneOf(attribs[CLOUD_ATTRIBS.settings])), ...plannedOf(planned)]),
  };
}

/** The suite's word for a type in the catalog of the identity service. */
const SERVICE_WORDS: Readonly<Record<string, readonly string[]>> = {
  nova: ['compute'],
  glance: ['image'],
  neutron: ['network'],
  cinder: ['volumev3', 'block-storage', 'block-store', 'volume'],
  swift: ['object-store'],
};

function servicesOf(types: Json | undefined): ReadonlyMap<string, Known<boolean>> {
  const listed = textsOf(types ?? null);
  if (listed === null) return new Map();
  const from = 'catalog of the identity API, POST /v3/auth/tokens';
  const services = new Map(
    Object.entries(SERVICE_WORDS).map(([word, names]) => [
      word,
      { value: names.some((name) => listed.includes(name)), from },
    ]),
  );
  // It has no API, and the tests of it belong to no guideline.
  return services.set('horizon', { value: false, from: 'rule: the dashboard is not part of any guideline' });
}

/** The slowest decides where there are several kinds. `QEMU`, as the API has it, may be either: patience costs less. */
function hypervisorOf(value: Json): HypervisorClass | null {
  const kinds = textsOf(value)?.map((kind) => kind.toLowerCase()) ?? [];
  if (kinds.some((kind) => kind === 'fake')) return 'fake';
  if (kinds.some((kind) => kind === 'qemu')) return 'emulated';
  return kinds.length > 0 ? 'native' : null;
}

function networkOf(value: Json): { id: string; name: string } | null {
  const [id, name] = [textOf(memberOf(value, 'id')), textOf(memberOf(value, 'name'))];
  return id === null || name === null ? null : { id, name };
}

function backendsOf(value: Json): VolumeBackend[] | null {
  if (!Array.isArray(value)) return null;
  return (value as readonly Json[]).flatMap((pool) => {
    const name = textOf(memberOf(pool, 'name'));
    if (name === null) return [];
    return [{ name, protocol: textOf(memberOf(pool, 'protocol')), vendor: textOf(memberOf(pool, 'vendor')) }];
  });
}

function settingsOf(value: Json): [string, Known<Scalar>][] {
  const from = `attribute ${CLOUD_ATTRIBS.settings} of tempest-client`;
  return membersOf(value).flatMap(([section, keys]) =>
    membersOf(keys).flatMap(([key, set]): [string, Known<Scalar>][] =>
      isScalar(set) ? [[`${section}.${key}`, { value: set, from }]] : [],
    ),
  );
}

const plannedOf = (planned: Readonly<Record<string, string>>): [string, Known<Scalar>][] =>
  Object.entries(planned).map(([key, value]) => [key, { value, from: 'plan of the certification' }]);

/** Keystone's own URL is told with its version or without. */
const withVersion = (url: string): string => (/\/v3\/?$/.test(url) ? url : `${url.replace(/\/+$/, '')}/v3`);

function oneOf(wanted: Json | undefined): Json {
  if (wanted === undefined) return null;
  if (!Array.isArray(wanted)) return wanted;
  const values = (wanted as readonly Json[]).map((entry) => memberOf(entry, 'value'));
  return values.find((value) => value !== null) ?? null;
}

const isScalar = (value: Json): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const membersOf = (value: Json): [string, Json][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value as JsonObject) : [];

const memberOf = (value: Json, key: string): Json => membersOf(value).find(([name]) => name === key)?.[1] ?? null;

const textOf = (value: Json): string | null => (typeof value === 'string' && value !== '' ? value : null);

const numberOf = (value: Json): number | null => (typeof value === 'number' ? value : null);

const booleanOf = (value: Json): boolean | null => (typeof value === 'boolean' ? value : null);

function textsOf(value: Json): string[] | null {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : null;
}
