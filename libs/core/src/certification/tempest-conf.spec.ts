import { describe, expect, it } from 'vitest';
import { accessOf, describeCloud, type CloudSeen } from './cloud-description.js';
import type { CloudAccess } from './cloud-access.js';
import type { JsonObject } from '../base/json.js';
import { MASKED, printTempestConf, provenanceOf, renderTempestConf, settingsByRule } from './tempest-conf.js';

const attribs: JsonObject = {
  'openstack-region': 'here',
  'keystone-endpoint': [{ node: 'c1', value: { url: 'http://10.77.0.5:5000/v3' } }],
  'keystone-admin-password': 'hush$hush',
  'tempest-cloud': {
    compute: { image_ref: 'aa', image_ref_alt: 'bb', flavor_ref: '42', flavor_ref_alt: '84' },
    'compute-feature-enabled': { resize: true, console_output: true, config_drive: false },
    validation: { image_ssh_user: 'cirros' },
  },
};

const seen: CloudSeen = {
  services: ['identity', 'compute', 'image', 'network', 'volumev3', 'placement'],
  compute_microversion: '2.93',
  volume_microversion: '3.70',
  placement_microversion: '1.39',
  hypervisor_types: ['QEMU'],
  hypervisors_up: 1,
  public_network: { id: 'net-1', name: 'public' },
  network_extensions: ['router', 'security-group'],
  volume_pools: [{ name: 'rbd', protocol: 'ceph', vendor: 'Open Source' }],
  volume_backup: false,
  roles: ['admin', 'member', 'reader', 'ResellerAdmin'],
};

const folders = { secret: '/run/tester' };

function render(
  given: { seen?: CloudSeen; planned?: Record<string, string>; access?: CloudAccess; more?: JsonObject } = {},
) {
  const access = given.access ? { value: given.access, from: 'plan' } : accessOf(attribs);
  if (typeof access === 'string') throw new Error(access);
  const cloud = describeCloud({
    access,
    attribs: { ...attribs, ...given.more },
    seen: given.seen ?? seen,
    planned: given.planned ?? {},
  });
  const conf = renderTempestConf(cloud, folders);
  const values = Object.fromEntries(conf.values.map(({ section, key, value }) => [`${section}.${key}`, value]));
  return { conf, values, text: printTempestConf(conf, { masked: false }) };
}

describe('tempest.conf', () => {
  it('has what is known of the cloud in the words of the suite', () => {
    expect(render().values).toMatchObject({
      'auth.admin_username': 'admin',
      'auth.use_dynamic_credentials': 'true',
      'auth.tempest_roles': 'member',
      'identity.uri_v3': 'http://10.77.0.5:5000/v3',
      'identity.region': 'here',
      'identity.v3_endpoint_type': 'public',
      'service_available.nova': 'true',
      'service_available.cinder': 'true',
      'service_available.swift': 'false',
      'service_available.horizon': 'false',
      'compute.image_ref': 'aa',
      'compute.flavor_ref_alt': '84',
      'compute.max_microversion': '2.93',
      'compute.min_compute_nodes': '1',
      'compute-feature-enabled.resize': 'true',
      'compute-feature-enabled.cold_migration': 'false',
      'compute-feature-enabled.xenapi_apis': 'true',
      'network.public_network_id': 'net-1',
      'network.floating_network_name': 'public',
      'network-feature-enabled.api_extensions': 'router,security-group',
      'validation.run_validation': 'true',
      'validation.image_ssh_user': 'cirros',
      'validation.image_alt_ssh_user': 'cirros',
      'validation.network_for_ssh': 'public',
      'volume.storage_protocol': 'ceph',
      'volume.backend_names': 'rbd',
      'volume-feature-enabled.backup': 'false',
    });
  });

  it('says of every value where it comes from', () => {
    const provenance = provenanceOf(render({ planned: { 'compute.build_timeout': '900' } }).conf);
    expect(Object.values(provenance).filter((from) => from.trim() === '')).toEqual([]);
    expect(provenance).toMatchObject({
      'identity.uri_v3': 'attribute keystone-endpoint',
      'compute.image_ref': 'attribute tempest-cloud of tempest-client',
      'compute.max_microversion': 'compute API, GET /',
      'compute.build_timeout': 'plan of the certification',
      'volume.storage_protocol': 'volume API, GET /scheduler-stats/get_pools?detail=true',
      'validation.image_alt_ssh_user': 'attribute tempest-cloud of tempest-client',
    });
    expect(provenance['compute-feature-enabled.xenapi_apis']).toMatch(/^rule: /);
  });

  it('tells of the copy that is kept which values are nobody’s but ours, with the reason', () => {
    const { conf } = render({ planned: { 'compute-feature-enabled.resize': 'false' } });
    const kept = { conf: printTempestConf(conf, { masked: true }), provenance: provenanceOf(conf) };
    const ruled = new Map(settingsByRule(kept).map((one) => [one.setting, one]));
    expect(ruled.get('compute-feature-enabled.xenapi_apis')).toMatchObject({
      value: 'true',
      reason: expect.stringContaining('must-pass tests'),
    });
    expect(ruled.get('compute.build_timeout')?.reason).toContain('guests are emulated');
    for (const setting of ['compute-feature-enabled.resize', 'identity.uri_v3', 'auth.admin_password'])
      expect(ruled.has(setting), setting).toBe(false);
    expect(settingsByRule({ conf: '[a]\n\nodd\n', provenance: {} })).toEqual([]);
  });

  it('takes of what was prepared the settings of the suite, and leaves what else the role has to say', () => {
    const prepared = {
      services: ['image'],
      public_network: 'outside',
      compute: { image_ref: 'i1', flavor_ref: null },
      scenario: { img_file: '/var/lib/g.qcow2' },
    };
    const { values } = render({ more: { 'tempest-cloud': prepared } });
    expect(values).toMatchObject({ 'compute.image_ref': 'i1', 'scenario.img_file': '/var/lib/g.qcow2' });
    expect(values).not.toHaveProperty('compute.flavor_ref');
    expect(values).toMatchObject({
      'compute-feature-enabled.resize': 'true',
      'network.public_network_id': 'net-1',
      'validation.run_validation': 'false',
    });
  });

  it('has four times the patience where guests are emulated', () => {
    const patience = (types: string[] | undefined) => render({ seen: { ...seen, hypervisor_types: types } }).values;
    expect(patience(['QEMU'])['compute.build_timeout']).toBe('400');
    expect(patience(['QEMU'])['validation.ssh_timeout']).toBe('400');
    expect(patience(['QEMU'])['volume.build_timeout']).toBe('300');
    expect(patience(['kvm'])['compute.build_timeout']).toBe('300');
    expect(patience(['kvm', 'QEMU'])['compute.build_timeout']).toBe('400');
    expect(patience(['fake'])['compute.build_timeout']).toBe('100');
    expect(patience(undefined)['compute.build_timeout']).toBe('300');
    const told = (type: string) => render({ more: { 'nova-hypervisors': { up: 2, virt_types: [type] } } }).values;
    expect(told('kvm')).toMatchObject({ 'compute.build_timeout': '300', 'compute.min_compute_nodes': '2' });
    expect(told('qemu')['compute.build_timeout']).toBe('400');
  });

  it('says that guests may be migrated and resized where there are several hypervisors', () => {
    expect(render({ seen: { ...seen, hypervisors_up: 2 } }).values).toMatchObject({
      'compute.min_compute_nodes': '2',
      'compute-feature-enabled.cold_migration': 'true',
      'compute-feature-enabled.resize': 'true',
    });
  });

  it('tells of swift what it needs only where there is one', () => {
    const with_swift = { ...seen, services: [...(seen['services'] as string[]), 'object-store'], object_info: true };
    expect(render({ seen: with_swift }).values).toMatchObject({
      'object-storage.operator_role': 'member',
      'object-storage.reseller_admin_role': 'ResellerAdmin',
      'object-storage-feature-enabled.discoverability': 'true',
    });
    expect(render().values).not.toHaveProperty('object-storage.operator_role');
  });

  it('leaves out what nobody knows, for a cloud of keystone alone', () => {
    const { values } = render({ seen: { services: ['identity'] } });
    expect(values['service_available.nova']).toBe('false');
    expect(
      Object.keys(values).filter((key) => /^(network|validation|volume)\.(public|run|max|build)/.test(key)),
    ).toEqual([]);
  });

  it('keeps every secret out of the copy for everybody', () => {
    const { conf, text } = render({ planned: { 'validation.image_ssh_password': 'guest-secret' } });
    const copy = printTempestConf(conf, { masked: true });
    expect(text).toContain('admin_password = hush$$hush\n');
    expect(text).toContain('guest-secret');
    expect(copy).not.toMatch(/hush|guest-secret/);
    expect(copy).toContain(`admin_password = ${MASKED}\n`);
    expect(copy.split('\n')).toHaveLength(text.split('\n').length);
  });

  it('cannot be given another line by a value, a key or a section', () => {
    const evil = { 'compute.image_ref': 'x\n[auth]\nadmin_password = y', 'a]\nb.key': 'z', 'auth.bad key = 1\nx': 'z' };
    const { text } = render({ planned: evil });
    expect(text).toContain('image_ref = x [auth] admin_password = y\n');
    expect(text.match(/^\[auth\]$/gm)).toHaveLength(1);
    expect(text).not.toContain('= z');
  });

  it('goes with an accounts file where there is no administrator', () => {
    const account = {
      username: 'u1',
      password: 'p1',
      project: 'p',
      userDomain: 'd',
      projectDomain: 'd',
      roles: ['member'],
    };
    const access: CloudAccess = {
      identityUrl: 'https://cloud.example/identity/v3',
      region: 'r',
      endpointType: 'internal',
      caCertificate: '-----BEGIN CERTIFICATE-----',
      admin: null,
      accounts: [account],
    };
    const { conf, values } = render({ access });
    expect(values).toMatchObject({
      'auth.use_dynamic_credentials': 'false',
      'auth.test_accounts_file': '/run/tester/accounts.yaml',
      'identity.ca_certificates_file': '/run/tester/ca.pem',
      'compute.endpoint_type': 'internalURL',
    });
    expect(values).not.toHaveProperty('auth.admin_password');
    expect(JSON.parse(conf.accounts!)).toEqual([
      {
        username: 'u1',
        password: 'p1',
        project_name: 'p',
        user_domain_name: 'd',
        project_domain_name: 'd',
        roles: ['member'],
      },
    ]);
    expect(printTempestConf(conf, { masked: true })).not.toContain('p1');
  });
});

describe('how a cloud of our own is reached', () => {
  it('is said by what keystone has handed out', () => {
    const found = accessOf({ 'keystone-endpoint': { url: 'http://k:5000/' }, 'keystone-admin-password': 'x' });
    expect(found).toMatchObject({ value: { identityUrl: 'http://k:5000/v3', region: 'RegionOne' } });
  });

  it('is a sentence with the role to blame where it is not said', () => {
    expect(accessOf({ 'keystone-admin-password': 'x' })).toMatch(/keystone-endpoint/);
    expect(accessOf({ 'keystone-endpoint': { url: 'http://k' } })).toMatch(/keystone-admin-password/);
  });
});
