/**
 * What the roles of a cloud write on a node, without a node: their programs are asked for the files they would write. Names of
 * packages and services are looked at for every distribution.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedFolder } from '#catalog';

const BARCLAMPS = shippedFolder();
const LIBRARIES = [
  'openstack_base/roles/openstack-base/lib',
  'ceph/roles/ceph-base/lib',
  'cinder/roles/cinder-base/lib',
  'swift/roles/swift-base/lib',
].map((path) => join(BARCLAMPS, path));

const hasProgram = (name: string, argument = '--version') => spawnSync(name, [argument]).error === undefined;
const hasCryptography = spawnSync('python3', ['-c', 'import cryptography']).status === 0;

/** Runs Python beside a role's programs; `given` is there as a value, what it leaves in `found` comes back. */
function inRole(role: string, program: string, given: unknown = {}): unknown {
  const preamble = 'import json, sys\ngiven = json.load(sys.stdin)\nimport anneal_cloud as cloud\n';
  const { stdout, stderr, status } = spawnSync(
    'python3',
    ['-B', '-c', `${preamble}${program}\nprint(json.dumps(found))`],
    {
      input: JSON.stringify(given),
      encoding: 'utf8',
      env: {
        ...process.env,
        PYTHONPATH: [join(BARCLAMPS, role), ...LIBRARIES].join(':'),
        ANNEAL_NODE: 'node-1.lab.test',
      },
    },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
}

/** The sections of a file as Python wrote them. */
type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const sections = (role: string, expression: string, given: unknown): Sections =>
  inRole(role, `import settings\nfound = ${expression}`, given) as Sections;

const PASSWORD = 'aaaabbbbccccdddd';
const instances = (...values: readonly unknown[]) =>
  values.map((value, place) => ({ node: `node-${place + 1}.lab.test`, address: null, value }));

const cloudOf = (addresses: readonly string[], virtual: string | null = null) => ({
  'openstack-region': 'RegionTwo',
  'openstack-virtual-address': virtual,
  'openstack-controller-address': instances(...addresses),
  'database-endpoint': instances(...addresses.map((address) => ({ address, port: 3306 }))),
  'message-queue-endpoint': instances(...addresses.map((address) => ({ address, port: 5672 }))),
  'message-queue-password': PASSWORD,
  'memcached-endpoint': instances(...addresses.map((address) => ({ address, port: 11211 }))),
  'keystone-endpoint': instances({ url: `http://${virtual ?? addresses[0]}:5000/v3` }),
});
const ONE = cloudOf(['10.0.0.1']);
const THREE = cloudOf(['10.0.0.1', '10.0.0.2', '10.0.0.3'], '10.0.0.9');

const NAMES = readdirSync(BARCLAMPS).flatMap((barclamp) => {
  const roles = join(BARCLAMPS, barclamp, 'roles');
  return (existsSync(roles) ? readdirSync(roles) : [])
    .map((role) => join(roles, role, 'names.json'))
    .filter((path) => existsSync(path));
});

/** Every text in a value, with the way to it. */
const texts = (value: unknown, path = ''): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => texts(inner, `${path}/${key}`))
    : [[path, value]];
const shapeOf = (value: unknown): unknown =>
  Array.isArray(value)
    ? 'list'
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
      : // Null stands for a name that this distribution has no use for.
        value === null
        ? 'string'
        : typeof value;

describe('patience of the roles', () => {
  it('takes a command that is too slow for one that failed, and looks again', () => {
    const look = `looks = []
def look():
    looks.append(1)
    slow = 'sleep 5' if len(looks) == 1 else 'true'
    return cloud.run('sh', '-c', slow, check=False, seconds=0.2).returncode == 0
cloud.until(20, look, 'never')
found = len(looks)`;
    expect(inRole('nova/roles/nova-api', look)).toBe(2);
  });

  it.each([
    ['nothing is answered', 0, 3],
    ['a gateway answers', 503, 3],
    ['the service itself says no', 404, 1],
  ])('asks again where %s, three times at the most, and never repeats a change', (_, status, asked) => {
    const count = (method: string) => `cloud.GET_PAUSE_SECONDS = 0
class Unwell(cloud.Cloud):
    calls = 0
    def __init__(self): pass
    def call(self, method, *words, **more):
        Unwell.calls += 1
        raise cloud.Answer(method, 'there', ${status}, '')
try:
    ${method}
except cloud.Answer:
    found = Unwell.calls`;
    expect(inRole('nova/roles/nova-api', count("Unwell().get('compute', '/servers')"))).toBe(asked);
    expect(inRole('nova/roles/nova-api', count("Unwell().post('compute', '/servers', {})"))).toBe(1);
  });
});

describe('names of packages and services', () => {
  it('are there for many roles', () => {
    expect(NAMES.length).toBeGreaterThan(20);
  });

  it.each(NAMES)('%s knows the same names for Debian, Ubuntu and Red Hat, and none is empty', async (path) => {
    const names = JSON.parse(await readFile(path, 'utf8')) as Record<string, { packages: readonly string[] }>;
    expect(Object.keys(names).sort()).toEqual(['debian', 'redhat', 'ubuntu']);
    expect(shapeOf(names['ubuntu'])).toEqual(shapeOf(names['debian']));
    expect(shapeOf(names['redhat'])).toEqual(shapeOf(names['debian']));
    for (const [way, text] of texts(names)) if (text !== null) expect(text, way).toMatch(/\S/);
    for (const { packages } of Object.values(names)) {
      expect(packages).not.toEqual([]);
      for (const name of packages) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9+._-]*$/);
      expect(new Set(packages).size).toBe(packages.length);
    }
  });

  it.each([
    ['ID=debian\nVERSION_ID="12"', 'debian'],
    ['ID=ubuntu\nID_LIKE=debian', 'ubuntu'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"', 'redhat'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'ubuntu'],
  ])('are those of the system: %j is %s', (release, expected) => {
    expect(inRole('', 'found = cloud.distribution(given)', release)).toBe(expected);
  });

  it('are not guessed for a system that nobody knows', () => {
    expect(() => inRole('', 'found = cloud.distribution(given)', 'ID=plan9')).toThrow(
      'no names of packages are known for plan9',
    );
  });
});

describe('addresses of a cloud', () => {
  it('are those of its one controller', () => {
    expect(inRole('', 'found = cloud.database_url(given, "nova", "nova", "p")', ONE)).toBe(
      'mysql+pymysql://nova:p@10.0.0.1:3306/nova?charset=utf8',
    );
    expect(inRole('', 'found = cloud.transport_url(given)', ONE)).toBe(`rabbit://openstack:${PASSWORD}@10.0.0.1:5672/`);
  });

  it('are the virtual one for the database, and all of three for queue and cache', () => {
    expect(inRole('', 'found = cloud.database_url(given, "nova", "nova", "p")', THREE)).toContain('@10.0.0.9:3306/');
    expect(inRole('', 'found = [cloud.transport_url(given), cloud.memcached_servers(given)]', THREE)).toEqual([
      `rabbit://${['1', '2', '3'].map((last) => `openstack:${PASSWORD}@10.0.0.${last}:5672`).join(',')}/`,
      '10.0.0.1:11211,10.0.0.2:11211,10.0.0.3:11211',
    ]);
  });

  it('stand in brackets where they have colons', () => {
    expect(inRole('', 'found = cloud.url_of("fd00::1", 5000, "/v3")')).toBe('http://[fd00::1]:5000/v3');
  });
});

describe('a file of sections', () => {
  it('has words for true and false, and leaves out what is nothing', () => {
    const written = inRole('', 'found = cloud.ini({"a": {"yes": True, "no": False, "none": None, "n": 1}})');
    expect(written).toContain('[a]\nyes = true\nno = false\nn = 1\n');
    expect(written).not.toContain('none');
  });

  it('takes no value that would begin another line', () => {
    expect(() => inRole('', 'found = cloud.ini({"a": {"b": "1\\n[c]"}})')).toThrow('a/b has a line break in it');
  });
});

describe('nova', () => {
  const given = {
    ...ONE,
    'nova-service-password': PASSWORD,
    'nova-database-password': PASSWORD,
    'neutron-metadata-secret': 'signed',
    'nova-resize-to-same-host': true,
    'nova-vif-timeout': 120,
    'nova-shutdown-timeout': 15,
    'nova-config-drive': false,
    'nova-api-workers': 2,
    'nova-metadata-workers': 1,
    'nova-conductor-workers': 2,
    'nova-scheduler-workers': 1,
  };
  const common = () => sections('nova/roles/nova-base', 'settings.nova_conf(given, "n1", "10.0.0.5")', given);

  it('signs on in its own region, wherever it signs on', () => {
    const signing = Object.entries(common()).filter(([, keys]) => 'auth_url' in keys);
    expect(signing.map(([name]) => name)).toEqual([
      'keystone_authtoken',
      'service_user',
      'placement',
      'cinder',
      'neutron',
    ]);
    for (const [name, keys] of signing)
      expect(keys, name).toMatchObject({ region_name: 'RegionTwo', username: 'nova' });
  });

  it('tells a hypervisor nothing of the databases, and a controller of all three', () => {
    expect(common()).not.toHaveProperty('database');
    expect(JSON.stringify(common())).not.toContain('mysql');
    const control = sections('nova/roles/nova-api', 'settings.control_conf(given, "10.0.0.1")', given);
    expect(control['database']!['connection']).toContain('/nova?');
    expect(control['api_database']!['connection']).toContain('/nova_api?');
    expect(
      inRole('nova/roles/nova-api', 'import settings\nfound = list(settings.connections(given))', given),
    ).toContain('nova_cell0');
  });

  it.each([
    ['auto', true, 'kvm'],
    ['auto', false, 'qemu'],
    ['qemu', true, 'qemu'],
    ['kvm', true, 'kvm'],
  ])('with %s and KVM %s runs guests by %s', (wanted, there, kind) => {
    expect(
      inRole('nova/roles/nova-compute', 'import settings\nfound = settings.virt_type(*given)', [wanted, there]),
    ).toBe(kind);
  });

  it('does not emulate where KVM was asked for', () => {
    expect(() =>
      inRole('nova/roles/nova-compute', 'import settings\nfound = settings.virt_type(*given)', ['kvm', false]),
    ).toThrow('this node has no /dev/kvm');
  });

  it('passes no processor on when it emulates', () => {
    const attribs = { 'nova-cpu-ratio': 16, 'nova-memory-ratio': 1, 'nova-reserved-memory': 512 };
    const conf = (kind: string, machine: string) =>
      sections('nova/roles/nova-compute', `settings.compute_conf(given, "${kind}", "${machine}", "10.0.0.5")`, attribs);
    expect(conf('qemu', 'x86_64')['libvirt']).toMatchObject({ cpu_mode: 'none', hw_machine_type: 'x86_64=pc' });
    expect(conf('qemu', 'aarch64')['libvirt']).not.toHaveProperty('hw_machine_type');
    expect(conf('kvm', 'x86_64')['libvirt']).toMatchObject({ virt_type: 'kvm', cpu_mode: 'host-model' });
  });

  describe.skipIf(!hasCryptography || !hasProgram('ssh-keygen', '-?'))('with one key for all hypervisors', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'anneal-key-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('makes the same pair of the same seed, and OpenSSH takes it', async () => {
      const pair = (seed: string) =>
        inRole('nova/roles/nova-compute', 'import settings\nfound = settings.key_pair(given)', seed) as [
          string,
          string,
        ];
      const [file, line] = pair('07'.repeat(32));
      expect(pair('07'.repeat(32))).toEqual([file, line]);
      expect(pair('08'.repeat(32))[1]).not.toBe(line);
      await writeFile(join(folder, 'key'), file, { mode: 0o600 });
      const { stdout } = spawnSync('ssh-keygen', ['-y', '-f', join(folder, 'key')], { encoding: 'utf8' });
      expect(stdout.split(' ').slice(0, 2)).toEqual(line.split(' ').slice(0, 2));
    });
  });
});

describe('neutron', () => {
  const given = {
    ...ONE,
    'neutron-service-password': PASSWORD,
    'neutron-mtu': 1500,
    'neutron-physical-networks': { provider: [], rack: ['100:199', '300:310'] },
    'neutron-vxlan-range': '1:1000',
    'neutron-dhcp-agents': 2,
  };

  it('says that Linux bridges are wanted, and names its plugin as Debian reads it', () => {
    const conf = sections('neutron/roles/neutron-base', 'settings.neutron_conf(given, "n1")', given);
    expect(conf['experimental']).toEqual({ linuxbridge: true });
    expect(conf['DEFAULT']).toMatchObject({ core_plugin: 'ml2', host: 'n1', dhcp_agents_per_network: 2 });
    expect(conf).not.toHaveProperty('database');
  });

  it('knows networks of the site flat, and with the VLANs they have', () => {
    const conf = sections('neutron/roles/neutron-base', 'settings.ml2_conf(given)', given);
    expect(conf['ml2_type_flat']).toEqual({ flat_networks: 'provider,rack' });
    expect(conf['ml2_type_vlan']).toEqual({ network_vlan_ranges: 'rack:100:199,rack:300:310' });
  });

  it('misses an interface by name, and says which there are', () => {
    const look = 'import settings\nfound = settings.interfaces_missing(given[0], given[1])';
    expect(() => inRole('neutron/roles/neutron-linuxbridge', look, [{ provider: 'eth1' }, ['lo', 'eth0']])).toThrow(
      'this node has no interface eth1, only eth0, lo',
    );
    expect(inRole('neutron/roles/neutron-linuxbridge', look, [{}, ['lo']])).toBeNull();
  });

  it('empties a chain instead of deleting the one rule in it that cannot be named, and passes all else on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anneal-ebtables-'));
    try {
      await writeFile(join(folder, 'real'), '#!/bin/sh\necho "$*"\n', { mode: 0o755 });
      const text = inRole(
        'neutron/roles/neutron-linuxbridge',
        'import settings\nfound = settings.ebtables_stand_in(given)',
        join(folder, 'real'),
      ) as string;
      await writeFile(join(folder, 'ebtables'), text, { mode: 0o755 });
      const say = (...words: readonly string[]) =>
        spawnSync(join(folder, 'ebtables'), words, { encoding: 'utf8' }).stdout.trim();
      const rule = [
        '-t',
        'nat',
        '--concurrent',
        '-D',
        'neutronMAC-tap1',
        '-i',
        'tap1',
        '--among-src',
        'fa:16:3e:00:00:01',
      ];
      expect(say(...rule, '-j', 'RETURN')).toBe('-t nat -F neutronMAC-tap1');
      expect(say('-t', 'nat', '-A', ...rule.slice(4))).toBe(['-t', 'nat', '-A', ...rule.slice(4)].join(' '));
      expect(say('-t', 'nat', '-D', 'PREROUTING', '-j', 'x')).toBe('-t nat -D PREROUTING -j x');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  describe('asked for a network to the outside', () => {
    const check = (change: object) =>
      inRole('neutron/roles/neutron-networks', 'import networks\nfound = networks.check(given)', {
        name: 'public',
        physical_network: 'provider',
        cidr: '10.78.0.0/24',
        gateway: '10.78.0.1',
        first: '10.78.0.100',
        last: '10.78.0.200',
        ...change,
      });

    it('takes addresses that are in it', () => {
      expect(check({})).toBeNull();
    });

    it.each([
      [{ gateway: '10.79.0.1' }, 'gateway 10.79.0.1 is not in 10.78.0.0/24'],
      [{ first: '10.78.0.201' }, 'first comes after last'],
      [{ gateway: '10.78.0.150' }, 'it would be given away'],
    ])('refuses %j', (change, says) => {
      expect(() => check(change)).toThrow(says);
    });
  });
});

describe('ceph', () => {
  const given = {
    'ceph-monitor-secret': '000102030405060708090a0b0c0d0e0f',
    'ceph-monitor': instances({ name: 'c1', address: '10.0.0.1' }, { name: 'c2', address: 'fd00::2' }),
  };

  it('writes a key as cephx does: kind, time of making, length, and the bytes', () => {
    const key = inRole(
      'ceph/roles/ceph-mon',
      'import anneal_ceph\nfound = anneal_ceph.key(given)',
      given['ceph-monitor-secret'],
    );
    const bytes = Buffer.from(String(key), 'base64');
    expect(bytes.toString('hex')).toBe(`0100${'00'.repeat(8)}1000${given['ceph-monitor-secret']}`);
  });

  it('is the same cluster on whichever node, and another with another secret', () => {
    const fsid = (attribs: object) =>
      inRole('ceph/roles/ceph-mon', 'import anneal_ceph\nfound = anneal_ceph.fsid(given)', attribs);
    expect(fsid(given)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(fsid(given)).toBe(fsid({ ...given }));
    expect(fsid({ ...given, 'ceph-monitor-secret': 'ff'.repeat(16) })).not.toBe(fsid(given));
  });

  it('finds monitors by both protocols, and by addresses of both kinds', () => {
    const conf = inRole('ceph/roles/ceph-mon', 'import anneal_ceph\nfound = anneal_ceph.conf(given)', given);
    expect(conf).toContain('mon_host = [v2:10.0.0.1:3300,v1:10.0.0.1:6789],[v2:[fd00::2]:3300,v1:[fd00::2]:6789]');
  });

  it('lets one disk be all there is only where one replica is wanted', () => {
    const settings = (replicas: number) =>
      JSON.stringify(
        inRole('ceph/roles/ceph-mon', 'import settings\nfound = settings.settings(given)', {
          'ceph-replicas': replicas,
          'ceph-osd-memory': 896,
        }),
      );
    expect(settings(1)).toContain('mon_allow_pool_size_one');
    expect(settings(3)).not.toContain('mon_allow_pool_size_one');
    expect(settings(3)).toContain('["global","osd_pool_default_min_size","2"]');
  });
});

describe('glance', () => {
  it('keeps the store of files beside the one in the storage cluster, and new images in the latter', () => {
    const conf = inRole(
      'glance_rbd/roles/glance-rbd',
      'import settings\nfound = settings.store_conf(given)',
      'images',
    ) as string;
    expect(conf).toContain('enabled_backends = files:file,rbd:rbd\n');
    expect(conf).toContain('default_backend = rbd\n');
    expect(conf).toContain('rbd_store_pool = images\n');
  });
});

describe('several controllers that register a service', () => {
  const waits = (own: string, addresses: readonly string[]) =>
    inRole(
      '',
      `asked = []
cloud.own_address = lambda: given["own"]
cloud.has_endpoints = lambda api, kind: asked.append(kind) or True
cloud.leave_to_first(given["attribs"], None, "compute")
found = asked`,
      { own, attribs: cloudOf(addresses) },
    );

  it('leave it to the first, who waits for nobody', () => {
    const three = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
    expect(waits('10.0.0.1', three)).toEqual([]);
    expect(waits('10.0.0.3', three)).toEqual(['compute']);
    expect(waits('10.0.0.1', ['10.0.0.1'])).toEqual([]);
  });
});

describe('cinder', () => {
  it('keeps volumes of the storage cluster under one name on every node', () => {
    const block = { pool: 'volumes', user: 'cinder', secret_uuid: 'u' };
    const conf = sections('cinder/roles/cinder-volume-rbd', 'settings.volume_conf(*given)', [
      { 'cinder-rbd-flatten': false },
      block,
    ]);
    expect(conf['DEFAULT']).toEqual({ enabled_backends: 'rbd' });
    expect(conf['rbd']).toMatchObject({ backend_host: 'rbd', rbd_pool: 'volumes', rbd_secret_uuid: 'u' });
  });

  it.each([
    ['rbd', 'ceph'],
    ['lvm', 'iSCSI'],
  ])('gives out the type %s only when its storage is up and a volume of it was made', (kind, protocol) => {
    const steps = `
import anneal_volumes as volumes
found = []
cloud.read_attribs = lambda: {}
cloud.names = lambda: {'service': 'cinder-volume'}
cloud.write_output = lambda *given: found.append(['write_output', *given])
def noted(name):
    def note(*given):
        found.append([name, *given[1:]])
        if name == 'try_volume' and given[1] == 'broken':
            raise cloud.Trouble('no volume')
    return note
volumes.sign_on = lambda attribs: None
for name in ('until_up', 'make_type', 'try_volume'):
    setattr(volumes, name, noted(name))
`;
    const done = [
      ['until_up', kind, 'cinder-volume'],
      ['make_type', kind],
      ['try_volume', kind, 'cinder-volume'],
      ['write_output', `cinder-${kind}`, { type: kind, protocol }],
    ];
    expect(inRole(`cinder/roles/cinder-volume-${kind}`, `${steps}\nimport verify`)).toEqual(done);
    const broken = `${steps}\nimport settings\nsettings.BACKEND = 'broken'\ntry:\n    import verify\nexcept SystemExit as end:\n    found.append(end.code)`;
    expect(inRole(`cinder/roles/cinder-volume-${kind}`, broken)).toEqual([
      ['until_up', 'broken', 'cinder-volume'],
      ['make_type', 'broken'],
      ['try_volume', 'broken', 'cinder-volume'],
      1,
    ]);
  });

  it('gives an address where it listens under each kind of server', () => {
    const attribs = { 'cinder-api-workers': 3 };
    expect(
      sections('cinder/roles/cinder-api', 'settings.api_conf(given, "10.0.0.1")', attribs)['DEFAULT'],
    ).toMatchObject({
      osapi_volume_listen: '10.0.0.1',
    });
    expect(
      inRole('cinder/roles/cinder-api', 'import settings\nfound = settings.apache_conf(given, "fd00::1")', attribs),
    ).toContain('Listen [fd00::1]:8776');
  });
});

describe('swift', () => {
  const disks = (address: string, ...names: readonly string[]) => ({
    address,
    zone: 1,
    disks: Object.fromEntries(names.map((name) => [name, 100])),
  });
  const steps = (there: unknown, entries: unknown) =>
    inRole(
      'swift/roles/swift-rings',
      'import rings\nthere = {tuple(key): value for key, value in given[0]}\nfound = rings.steps(there, rings.wanted_disks(given[1], 6200))',
      [there, entries],
    ) as readonly (readonly string[])[];

  it('adds disks that are new, and nothing twice', () => {
    const entries = [disks('10.0.0.1', 'd1'), disks('10.0.0.2', 'd1')];
    expect(steps([], entries).map((words) => words[0])).toEqual(['add', 'add']);
    const there = entries.map(({ address }) => [
      [address, 6200, 'd1'],
      [1, 100],
    ]);
    expect(steps(there, entries)).toEqual([]);
  });

  it('takes out what is gone and weighs anew what has grown', () => {
    const there = [
      [
        ['10.0.0.1', 6200, 'd1'],
        [1, 50],
      ],
      [
        ['10.0.0.3', 6200, 'd1'],
        [1, 100],
      ],
    ];
    expect(steps(there, [disks('10.0.0.1', 'd1')])).toEqual([
      ['remove', '--ip', '10.0.0.3', '--port', '6200', '--device', 'd1'],
      ['set_weight', '--ip', '10.0.0.1', '--port', '6200', '--device', 'd1', '100', '--yes'],
    ]);
  });

  it('has a section for every step of its pipeline', () => {
    const conf = sections('swift/roles/swift-proxy', 'settings.proxy_conf(given, "10.0.0.1")', {
      ...ONE,
      'swift-proxy-workers': 2,
      'swift-service-password': PASSWORD,
      'swift-operator-roles': ['admin', 'member'],
      'swift-reseller-role': 'ResellerAdmin',
    });
    const steps = String(conf['pipeline:main']!['pipeline']).split(' ');
    expect(steps.at(-1)).toBe('proxy-server');
    for (const step of steps.slice(0, -1)) expect(conf[`filter:${step}`], step).toBeDefined();
    expect(conf['filter:authtoken']).toMatchObject({ region_name: 'RegionTwo', delay_auth_decision: true });
    expect(conf['filter:cache']).toMatchObject({ memcache_servers: '10.0.0.1:11211' });
  });
});

describe('the web interface', () => {
  it('is told in Python, and listens on one address', () => {
    const given = {
      ...THREE,
      'horizon-secret': `${PASSWORD}"'\\`,
      'horizon-time-zone': 'UTC',
    };
    const told = inRole(
      'horizon/roles/horizon',
      'import settings\nspace = {}\nexec(settings.local_settings(given), space)\nfound = [space["SECRET_KEY"], space["CACHES"]["default"]["LOCATION"]]',
      given,
    );
    expect(told).toEqual([given['horizon-secret'], ['10.0.0.1:11211', '10.0.0.2:11211', '10.0.0.3:11211']]);
    const ports = 'import settings\nfound = settings.listening(given, "10.0.0.1", 80)';
    const once = inRole(
      'horizon/roles/horizon',
      ports,
      'Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n',
    );
    expect(String(once).match(/Listen .*/g)).toEqual(['Listen 10.0.0.1:80']);
    expect(inRole('horizon/roles/horizon', ports, once)).toBe(once);
  });
});

describe('three controllers', () => {
  const together = [
    ['c1', '10.0.0.1'],
    ['c2', '10.0.0.2'],
    ['c3', '10.0.0.3'],
  ];
  const balancer = () =>
    inRole(
      'openstack_ha/roles/openstack-balancer',
      'import settings\nfound = settings.haproxy_conf(given, "10.0.0.9", 8000)',
      together,
    ) as string;

  it('answer on the virtual address for every service, with one writer for the database', () => {
    const conf = balancer();
    for (const port of [5000, 9292, 8778, 9696, 8774, 8775, 8776, 8080, 80, 3306]) {
      expect(conf).toContain(`  bind 10.0.0.9:${port}\n`);
      expect(conf.match(new RegExp(`  server c\\d 10\\.0\\.0\\.\\d:${port} check`, 'g')), String(port)).toHaveLength(3);
    }
    const database = conf.slice(conf.indexOf('listen database'));
    expect(database.match(/server c\d .* backup/g)).toHaveLength(2);
    expect(database).toContain('server c1 10.0.0.1:3306 check\n');
  });

  it.skipIf(!hasProgram('haproxy', '-v'))('have a balancer that haproxy itself takes', () => {
    const { status, stderr } = spawnSync('haproxy', ['-c', '-f', '/dev/stdin'], {
      input: balancer(),
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });

  it('settle among themselves who holds the address, each naming the two others', () => {
    const conf = (own: string) =>
      inRole(
        'openstack_ha/roles/openstack-balancer',
        'import settings\nfound = settings.keepalived_conf(given["together"], given["own"], "eth0", given["attribs"], given["names"])',
        {
          together,
          own,
          attribs: {
            'openstack-virtual-address': '10.0.0.9',
            'openstack-virtual-prefix': 24,
            'openstack-virtual-router': 77,
            'openstack-balancer-secret': 'abcdefghijklmnop',
          },
          names: { systemctl: '/usr/bin/systemctl', balancer: 'haproxy' },
        },
      ) as string;
    expect(conf('10.0.0.2')).toMatch(/unicast_peer \{\s+10\.0\.0\.1\s+10\.0\.0\.3\s+\}/);
    expect(conf('10.0.0.1')).toContain('priority 200');
    expect(conf('10.0.0.3')).toContain('priority 198');
    expect(conf('10.0.0.1')).toContain('auth_pass abcdefgh\n');
  });

  it.each([
    ['the first, empty and alone', '10.0.0.1', {}, [], 'begin'],
    ['another, empty and alone', '10.0.0.2', {}, [], 'wait'],
    ['an empty one while another is there', '10.0.0.1', {}, ['10.0.0.3'], 'join'],
    ['the first when it comes back to the others', '10.0.0.1', { safe_to_bootstrap: '0' }, ['10.0.0.2'], 'join'],
    [
      'the first after all were stopped in a row, and it was not the last',
      '10.0.0.1',
      { safe_to_bootstrap: '0' },
      [],
      'wait',
    ],
    ['the last that was stopped', '10.0.0.3', { safe_to_bootstrap: '1' }, [], 'begin'],
  ])('bring %s into the cluster of databases by: %s %j %j → %s', (_, own, state, there, way) => {
    expect(
      inRole(
        'database/roles/database',
        'import members\nfound = members.way_in(given["own"], given["together"], given["state"], lambda each: each in given["there"])',
        { own, together: together.map(([, address]) => address), state, there },
      ),
    ).toBe(way);
  });

  it('name each other in the queue, with a copy of every queue on each', () => {
    const given = { ...THREE, 'message-queue-port': 5672, 'message-queue-memory': 0.4 };
    const program = (what: string) => `import runpy, os\nos.environ["ANNEAL_ATTRIBS"] = "/dev/null"\n${what}`;
    const conf = inRole(
      'message_queue/roles/message-queue',
      program(
        'cloud.main = lambda work: None\nimport configure\nfound = [configure.rabbitmq_conf(given, "10.0.0.1"), configure.definitions(given)]',
      ),
      given,
    ) as [string, { policies: readonly unknown[] }];
    expect(conf[0]).toContain('cluster_formation.classic_config.nodes.3 = rabbit@node-3');
    expect(conf[1].policies).toHaveLength(1);
  });
});
