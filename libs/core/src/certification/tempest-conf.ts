import type { CloudDescription, HypervisorClass, Known, Scalar } from './cloud-description.js';
import type { SuiteSetting } from './disclosure.js';

/**
 * Writes tempest.conf, the configuration of the suite, from what is known of a cloud: each value with who says so, secrets
 * marked, so that the copy that is kept and shown can do without them. What nobody knows is left out, and the suite's own
 * default holds. Nothing here asks anybody anything.
 */
export interface ConfValue {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly from: string;
  readonly secret: boolean;
}

export interface TempestConf {
  readonly values: readonly ConfValue[];
  /** The accounts file, where there is no administrator to make users; null where there is one. All of it is secret. */
  readonly accounts: string | null;
  readonly caCertificate: string | null;
}

/** Where things are on the tester node. The suite runs in its own folder, which no value names: the same plan is the same text. */
export interface TesterFolders {
  /** Open to root alone and gone after the run: what is secret. An absolute path. */
  readonly secret: string;
}

/** How the provenance of a value begins that nobody but us decides. */
const RULE = 'rule: ';

/** What stands for a secret in the copy that is kept. */
export const MASKED = '(secret)';

/**
 * Seconds that the suite waits for one step, such as a server that is to become active. Three times this is Tempest's own
 * 300; four times this was seen to be enough for guests that are emulated on two busy cores, where a server takes 60.
 */
const STEP_SECONDS = 100;
const PATIENCE: Readonly<Record<HypervisorClass, number>> = { fake: 1, native: 3, emulated: 4 };

export const ACCOUNTS_FILE = 'accounts.yaml';
export const CA_FILE = 'ca.pem';

export function renderTempestConf(cloud: CloudDescription, folders: TesterFolders): TempestConf {
  const conf = new Conf();
  const access = cloud.access.value;
  conf.rule('DEFAULT', 'log_file', 'tempest.log', 'the log stays with the run');
  conf.rule('oslo_concurrency', 'lock_path', 'lock', 'locks are between the workers of one run');
  identity(conf, cloud, folders);
  for (const [service, there] of cloud.services) conf.set('service_available', service, there);
  compute(conf, cloud);
  image(conf, cloud);
  network(conf, cloud);
  validation(conf, cloud);
  volume(conf, cloud);
  objects(conf, cloud);
  for (const [path, set] of cloud.settings) {
    const dot = path.indexOf('.');
    if (dot > 0) conf.set(path.slice(0, dot), path.slice(dot + 1), set);
  }
  return {
    values: conf.values(),
    accounts: access.admin === null ? accountsFile(cloud) : null,
    caCertificate: access.caCertificate,
  };
}

/** The file as the suite reads it. With `masked` it is the copy for everybody. */
export function printTempestConf(conf: TempestConf, { masked }: { readonly masked: boolean }): string {
  const lines: string[] = [];
  let section: string | null = null;
  for (const { section: of, key, value, secret } of conf.values) {
    if (of !== section) lines.push(...(section === null ? [] : ['']), `[${of}]`);
    section = of;
    lines.push(`${key} = ${secret && masked ? MASKED : value}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Who says each value, by `section.key`. */
export const provenanceOf = (conf: TempestConf): Record<string, string> =>
  Object.fromEntries(conf.values.map(({ section, key, from }) => [`${section}.${key}`, from]));

/**
 * The values that a rule of ours decides, with the reason that was written down beside them, from the copy that is kept. A
 * rule is no property of the cloud: whoever compares two clouds has to know of it.
 */
export function settingsByRule(kept: {
  readonly conf: string;
  readonly provenance: Readonly<Record<string, string>>;
}): SuiteSetting[] {
  let section = '';
  return kept.conf.split('\n').flatMap((line) => {
    const [, of, key, value = ''] = /^(?:\[(.+)\]|([^=]+?) = (.*))$/.exec(line) ?? [];
    if (of !== undefined) section = of;
    const setting = `${section}.${key}`;
    const from = key === undefined ? undefined : kept.provenance[setting];
    return from?.startsWith(RULE) ? [{ setting, value, reason: from.slice(RULE.length) }] : [];
  });
}

function identity(conf: Conf, { access, roles }: CloudDescription, folders: TesterFolders): void {
  const { admin, identityUrl, region, endpointType, caCertificate } = access.value;
  const set = (section: string, key: string, value: Scalar, secret = false): void =>
    conf.set(section, key, { value, from: access.from }, secret);
  set('auth', 'use_dynamic_credentials', admin !== null);
  if (admin) {
    set('auth', 'admin_username', admin.username);
    set('auth', 'admin_password', admin.password, true);
    set('auth', 'admin_project_name', admin.project);
    set('auth', 'admin_user_domain_name', admin.userDomain);
    set('auth', 'admin_project_domain_name', admin.projectDomain);
    set('auth', 'admin_domain_name', admin.userDomain);
    conf.rule('auth', 'create_isolated_networks', true, 'users that are made need networks');
  } else {
    conf.rule('auth', 'test_accounts_file', `${folders.secret}/${ACCOUNTS_FILE}`, 'there is no administrator');
  }
  if (roles) {
    const member = ['member', '_member_', 'Member'].find((name) => roles.value.includes(name));
    if (member) conf.set('auth', 'tempest_roles', { value: member, from: roles.from });
  }
  set('identity', 'auth_version', 'v3');
  set('identity', 'uri_v3', identityUrl);
  set('identity', 'region', region);
  set('identity', 'v3_endpoint_type', endpointType);
  if (caCertificate) set('identity', 'ca_certificates_file', `${folders.secret}/${CA_FILE}`);
  for (const section of ['compute', 'image', 'network', 'volume', 'object-storage'])
    set(section, 'endpoint_type', `${endpointType}URL`);
  for (const section of ['compute', 'image', 'network', 'volume', 'object-storage', 'placement'])
    set(section, 'region', region);
  set('placement', 'endpoint_type', endpointType);
  conf.rule('identity-feature-enabled', 'api_v2', false, 'no release in use has it');
}

function compute(conf: Conf, cloud: CloudDescription): void {
  if (!isThere(cloud, 'nova')) return;
  timeout(conf, cloud, 'compute', 'build_timeout', 1);
  conf.rule('compute', 'build_interval', 2, 'asking more often than this is load and no news');
  conf.set('compute', 'max_microversion', cloud.computeMicroversion);
  conf.set('placement', 'max_microversion', cloud.placementMicroversion);
  const nodes = cloud.computeNodes;
  if (nodes) {
    const several = { value: nodes.value > 1, from: nodes.from };
    conf.set('compute', 'min_compute_nodes', { value: Math.max(1, nodes.value), from: nodes.from });
    conf.set('compute-feature-enabled', 'cold_migration', several);
    // Emulated processors differ from release to release, and shared storage is not known of.
    conf.rule('compute-feature-enabled', 'live_migration', false, 'nothing says that guests may move while they run');
  }
  conf.rule('compute-feature-enabled', 'resize', true, 'every guideline of Compute has tests of it');
  // Tempest 33 skips the class of the six server metadata tests where this is off, whatever the API can do.
  conf.rule('compute-feature-enabled', 'xenapi_apis', true, 'six must-pass tests of server metadata ask for it');
  conf.rule('compute-feature-enabled', 'vnc_console', false, 'no guideline has a test of it');
  conf.rule('compute-feature-enabled', 'attach_encrypted_volume', false, 'nothing says that there is a key manager');
  conf.rule('compute-feature-enabled', 'personality', false, 'compute API 2.57 took it away');
}

function image(conf: Conf, cloud: CloudDescription): void {
  if (!isThere(cloud, 'glance')) return;
  timeout(conf, cloud, 'image', 'build_timeout', 0.75);
  const ways = cloud.imageImport;
  if (ways) conf.set('image-feature-enabled', 'import_image', { value: ways.value.length > 0, from: ways.from });
}

function network(conf: Conf, cloud: CloudDescription): void {
  const net = cloud.publicNetwork;
  if (net) {
    conf.set('network', 'public_network_id', { value: net.value.id, from: net.from });
    conf.set('network', 'floating_network_name', { value: net.value.name, from: net.from });
  }
  if (!isThere(cloud, 'neutron')) return;
  conf.rule('network', 'project_network_cidr', '10.100.0.0/16', 'networks that tests make, apart from real ones');
  conf.rule('network', 'project_network_mask_bits', 28, 'so that there are enough of them');
  const extensions = cloud.networkExtensions;
  if (extensions) {
    conf.set('network-feature-enabled', 'api_extensions', { value: extensions.value.join(','), from: extensions.from });
    conf.set('network-feature-enabled', 'floating_ips', {
      value: net !== null && extensions.value.includes('router'),
      from: extensions.from,
    });
    conf.set('network-feature-enabled', 'port_security', {
      value: extensions.value.includes('port-security'),
      from: extensions.from,
    });
  }
}

function validation(conf: Conf, cloud: CloudDescription): void {
  if (!isThere(cloud, 'nova')) return;
  const user = cloud.settings.get('validation.image_ssh_user');
  conf.set('validation', 'run_validation', {
    value: user !== undefined,
    from: user?.from ?? 'rule: nobody says whom to log in to guests as',
  });
  // A rebuilt server is logged in to as this one; Tempest takes root otherwise, and waits for minutes.
  if (user) conf.set('validation', 'image_alt_ssh_user', user);
  timeout(conf, cloud, 'validation', 'ssh_timeout', 1);
  timeout(conf, cloud, 'validation', 'ping_timeout', 0.75);
  conf.rule('validation', 'connect_timeout', 60, 'one try to log in');
  conf.rule('validation', 'auth_method', 'keypair', 'guests have no passwords');
  conf.rule('validation', 'ssh_key_type', 'ecdsa', 'newer guests refuse RSA with SHA-1');
  const net = cloud.publicNetwork;
  if (!net) return;
  conf.rule('validation', 'connect_method', 'floating', 'the way that users of a cloud come in');
  conf.set('validation', 'network_for_ssh', { value: net.value.name, from: net.from });
}

function volume(conf: Conf, cloud: CloudDescription): void {
  if (!isThere(cloud, 'cinder')) return;
  timeout(conf, cloud, 'volume', 'build_timeout', 0.75);
  conf.set('volume', 'max_microversion', cloud.volumeMicroversion);
  conf.rule('volume', 'volume_size', 1, 'the smallest there is');
  const pools = cloud.volumeBackends;
  const first = pools?.value[0];
  if (pools && first) {
    const backends = [...new Set(pools.value.map(({ name }) => name))];
    conf.set('volume', 'backend_names', { value: backends.join(','), from: pools.from });
    conf.set('volume-feature-enabled', 'multi_backend', { value: backends.length > 1, from: pools.from });
    if (first.protocol) conf.set('volume', 'storage_protocol', { value: first.protocol, from: pools.from });
    if (first.vendor) conf.set('volume', 'vendor_name', { value: first.vendor, from: pools.from });
  }
  conf.set('volume-feature-enabled', 'backup', cloud.volumeBackup);
  conf.rule('volume-feature-enabled', 'snapshot', true, 'must-pass tests ask for it');
  conf.rule('volume-feature-enabled', 'clone', true, 'must-pass tests ask for it');
}

function objects(conf: Conf, { roles, discoverability, ...cloud }: CloudDescription): void {
  if (cloud.services.get('swift')?.value !== true) return;
  conf.set('object-storage-feature-enabled', 'discoverability', discoverability);
  const choose = (key: string, names: readonly string[]): void => {
    const found = names.find((name) => roles?.value.includes(name));
    if (roles && found) conf.set('object-storage', key, { value: found, from: roles.from });
  };
  choose('operator_role', ['member', 'swiftoperator', '_member_']);
  choose('reseller_admin_role', ['ResellerAdmin', 'reseller_admin']);
}

const isThere = (cloud: CloudDescription, service: string): boolean => cloud.services.get(service)?.value === true;

function timeout(conf: Conf, cloud: CloudDescription, section: string, key: string, share: number): void {
  const kind = cloud.hypervisor?.value ?? 'native';
  const from = cloud.hypervisor
    ? `rule: guests are ${kind}; ${cloud.hypervisor.from}`
    : 'rule: nobody says how guests run';
  conf.set(section, key, { value: Math.round(STEP_SECONDS * PATIENCE[kind] * share), from });
}

/** As `tempest account-generator` writes it; JSON is YAML. */
function accountsFile({ access }: CloudDescription): string {
  const accounts = access.value.accounts.map((account) => ({
    username: account.username,
    password: account.password,
    project_name: account.project,
    user_domain_name: account.userDomain,
    project_domain_name: account.projectDomain,
    roles: account.roles,
  }));
  return `${JSON.stringify(accounts, null, 2)}\n`;
}

/** Sections in the order in which they were first named, and a later value in place of an earlier one. */
class Conf {
  private readonly sections = new Map<string, Map<string, ConfValue>>();

  set(section: string, key: string, known: Known<Scalar> | null | undefined, secret = false): void {
    if (!known || !NAME.test(section) || !NAME.test(key)) return;
    const keys = this.sections.get(section) ?? new Map<string, ConfValue>();
    this.sections.set(section, keys);
    const isSecret = secret || keys.get(key)?.secret === true || SECRET_KEY.test(key);
    keys.set(key, { section, key, value: printed(known.value), from: known.from, secret: isSecret });
  }

  rule(section: string, key: string, value: Scalar, why: string): void {
    this.set(section, key, { value, from: `${RULE}${why}` });
  }

  values(): ConfValue[] {
    return [...this.sections.values()].flatMap((keys) => [...keys.values()]);
  }
}

/** What else is written between brackets or before an equals sign would be another line. */
const NAME = /^[A-Za-z][\w-]{0,63}$/;

/** A setting of this name is a secret, whoever set it. */
const SECRET_KEY = /password|secret|token/i;

/**
 * One line, and no reference: oslo.config puts other options in the place of `$name`, and takes `$$` as the sign itself.
 * Quotation marks around a whole value would be taken off again, so they are never added.
 */
function printed(value: Scalar): string {
  return String(value)
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll('$', '$$$$');
}
