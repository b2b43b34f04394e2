import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessOf, describeCloud, printTempestConf, renderTempestConf } from '#core';

const PYTHON = '/usr/bin/python3';
const missing = (() => {
  try {
    execFileSync(PYTHON, ['-c', 'import tempest.config'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'Tempest is missing; apt-get install -y tempest';
  }
})();

/** Reads a configuration as the suite does, and prints `section.key` and the value of each option that it knows. */
const READER = String.raw`
import configparser, json, sys
from tempest import config
raw = configparser.RawConfigParser()
raw.optionxform = str
raw.default_section = 'none'
raw.read(sys.argv[1])
config.CONF.set_config_path(sys.argv[1])
found, unknown = {}, []
for section in raw.sections():
    for key in raw[section]:
        try:
            group = config.CONF if section == 'DEFAULT' else getattr(config.CONF, section.replace('-', '_'))
            found[section + '.' + key] = getattr(group, key)
        except Exception as error:
            unknown.append(section + '.' + key + ' ' + type(error).__name__)
print(json.dumps({'found': found, 'unknown': unknown}, default=str))
`;

describe.skipIf(missing)(`the suite${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('knows every option that is written for it, and reads the values that were meant', () => {
    const attribs = {
      'keystone-endpoint': { url: 'http://10.77.0.5:5000' },
      'keystone-admin-password': 'a $b "c" %d',
      'tempest-cloud': {
        compute: { image_ref: 'aa', image_ref_alt: 'bb', flavor_ref: '42', flavor_ref_alt: '84' },
        'compute-feature-enabled': { resize: true, console_output: true, config_drive: false },
        validation: { image_ssh_user: 'cirros' },
      },
    };
    const access = accessOf(attribs);
    if (typeof access === 'string') throw new Error(access);
    const seen = {
      services: ['identity', 'compute', 'image', 'network', 'volumev3', 'object-store', 'placement'],
      ...{ compute_microversion: '2.93', volume_microversion: '3.70', placement_microversion: '1.39' },
      ...{ hypervisor_types: ['QEMU'], hypervisors_up: 2, volume_backup: false, object_info: true },
      public_network: { id: 'net-1', name: 'public' },
      network_extensions: ['router', 'port-security'],
      volume_pools: [{ name: 'rbd', protocol: 'ceph', vendor: 'Open Source' }],
      roles: ['admin', 'member', 'ResellerAdmin'],
      image_import: ['glance-direct'],
    };
    const withCa = { ...access, value: { ...access.value, caCertificate: 'PEM' } };
    const cloud = describeCloud({ access: withCa, attribs, seen, planned: {} });
    const folder = mkdtempSync(join(tmpdir(), 'anneal-conf-'));
    try {
      const path = join(folder, 'tempest.conf');
      const conf = renderTempestConf(cloud, { secret: folder });
      writeFileSync(path, printTempestConf(conf, { masked: false }));
      const { found, unknown } = JSON.parse(execFileSync(PYTHON, ['-c', READER, path], { encoding: 'utf8' })) as {
        found: Record<string, unknown>;
        unknown: string[];
      };
      expect(unknown).toEqual([]);
      expect(Object.keys(found)).toHaveLength(conf.values.length);
      expect(found).toMatchObject({
        'auth.admin_password': 'a $b "c" %d',
        'auth.tempest_roles': ['member'],
        'identity.uri_v3': 'http://10.77.0.5:5000/v3',
        'compute.build_timeout': 400,
        'compute.min_compute_nodes': 2,
        'compute-feature-enabled.resize': true,
        'network-feature-enabled.api_extensions': ['router', 'port-security'],
        'volume.backend_names': ['rbd'],
        'object-storage.reseller_admin_role': 'ResellerAdmin',
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
