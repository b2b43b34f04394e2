import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeNetworks, type JigOutcome, type NetworkTarget, type NodeNetworkWish, type Reach } from '#app';
import {
  idOf,
  networkOutputs,
  plainAddress,
  renderNetwork,
  type ConfigFamily,
  type NodeId,
  type WantedAttachment,
} from '#core';
import { NETWORK_ATTRIBS, NetworkJig } from '#jigs';
import { SshSession } from '#machine';
import { NETWORK_EXAMPLES, stageRun, type StagedRun } from '#testkit';
import { command } from '../../deploy/lab/command.js';
import type { ContainerNode } from '../../deploy/lab/container-node.js';
import { startFleet, type Fleet } from '../../deploy/lab/fleet.js';
import { closeGaps, findGaps } from '../../deploy/lab/requirements.js';
import { buildRootfs } from '../../deploy/lab/rootfs.js';
import { LAB_RECIPE, type RootfsRecipe } from '../../deploy/lab/rootfs-recipe.js';

/** The first run installs packages and builds the root file system. */
const FIRST_RUN_MS = 900_000;
/** A change that cuts the node off: its deadline, the undoing, and being asked about it. */
const RUN_MS = 150_000;
const CONFIRM_WITHIN_S = 12;

const gaps = await closeGaps(await findGaps(), (line) => console.log(`lab: ${line}`));
if (gaps.length > 0) console.log(`lab: skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);

/** Nodes that have whatever may configure networks on Debian, all switched off. */
const RECIPE: RootfsRecipe = {
  ...LAB_RECIPE,
  packages: [
    ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'netbase', 'kmod', 'iproute2', 'iputils-ping', 'procps'],
    ...['ifupdown', 'network-manager'],
  ],
  disabledUnits: [
    ...['systemd-networkd.service', 'systemd-networkd.socket', 'networking.service', 'NetworkManager.service'],
    ...['NetworkManager-wait-online.service', 'NetworkManager-dispatcher.service'],
  ],
  files: {
    '/etc/resolv.conf': '# A node of the lab has no name server.\n',
    '/etc/machine-id': '',
    '/etc/ssh/sshd_config.d/lab.conf': LAB_RECIPE.files['/etc/ssh/sshd_config.d/lab.conf']!,
  },
};

/** What the rows would say. */
class GivenNetworks extends NodeNetworks {
  attachments: WantedAttachment[] = [];
  active: string[] = [];
  others: NetworkTarget[] = [];
  readonly addresses: string[] = [];

  async wishOf(): Promise<NodeNetworkWish> {
    return { attachments: this.attachments, active: this.active, inventory: {} };
  }

  async targets(): Promise<readonly NetworkTarget[]> {
    return this.others;
  }

  async moved(_node: NodeId, address: string): Promise<void> {
    this.addresses.push(address);
  }
}

const attachment = (given: Partial<WantedAttachment> & { network: string; address: string }): WantedAttachment => ({
  category: given.network === 'admin' ? 'admin' : 'general',
  range: 'host',
  conduit: '1g0',
  vlan: null,
  bondMode: null,
  bridge: false,
  mtu: null,
  policyTable: null,
  router: null,
  routes: [],
  nameServers: [],
  domain: '',
  ...given,
});

/**
 * The network jig on nodes that are real but for their kernel, which is the host's: it has bridges, and neither bonding nor
 * VLANs, so those two are tried elsewhere.
 */
describe.skipIf(gaps.length > 0)('the networks of a node', () => {
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  let home: string;
  let fleet: Fleet;
  let session: SshSession;
  const sessions: SshSession[] = [];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'anneal-lab-'));
    process.env['ANNEAL_HOME'] = home;
    await writeFile(join(home, 'id'), key.private, { mode: 0o600 });
    const progress = (line: string): void => console.log(`lab: ${line}`);
    await buildRootfs(progress, RECIPE);
    fleet = await startFleet({ count: 4, sshKey: key.public, recipe: RECIPE, progress });
    session = new SshSession({
      privateKey: { path: join(home, 'id') },
      connectDeadlineMs: 3_000,
      keepaliveMs: 1_000,
      keepaliveCountMax: 3,
    });
    for (const node of fleet.nodes) {
      // A second card, which ends in the node itself.
      await command('ip', [
        '-netns',
        node.port.namespace,
        'link',
        'add',
        'eth1',
        'type',
        'veth',
        'peer',
        'name',
        'far1',
      ]);
      await command('ip', ['-netns', node.port.namespace, 'link', 'set', 'far1', 'up']);
    }
  }, FIRST_RUN_MS);

  afterAll(async () => {
    for (const each of [session, ...sessions]) await each?.close();
    await fleet?.teardown();
    await rm(home, { recursive: true, force: true });
    delete process.env['ANNEAL_HOME'];
  }, 120_000);

  /** Each family has a node of its own; what is configured there goes from test to test. */
  describe.each([
    {
      family: 'networkd',
      index: 0,
      start: 'systemctl start systemd-networkd',
      file: '/etc/systemd/network/05-anneal-eth1.network',
    },
    { family: 'ifupdown', index: 1, start: 'true', file: '/etc/network/interfaces.d/anneal' },
    {
      family: 'NetworkManager',
      index: 2,
      start: 'systemctl start NetworkManager',
      file: '/etc/NetworkManager/system-connections/anneal-eth1.nmconnection',
    },
  ])('by $family', ({ index, start, file }) => {
    let node: ContainerNode;
    let reach: Reach;
    let networks: GivenNetworks;
    let admin: WantedAttachment[];

    beforeAll(async () => {
      node = fleet.nodes[index]!;
      reach = {
        nodeId: idOf<NodeId>(`0c5d7a1e-0000-4000-8000-00000000000${index}`),
        name: node.name,
        address: node.address,
        sshPort: 22,
        hostKey: await node.hostKey(),
      };
      networks = new GivenNetworks();
      admin = [
        attachment({ network: 'admin', address: `${node.address}/24` }),
        ...(node.address6 === null
          ? []
          : [attachment({ network: 'admin', address: `${plainAddress(node.address6)}/64`, range: 'host-v6' })]),
      ];
      await on(start);
    });

    const storage = (address: string, more: Partial<WantedAttachment> = {}): WantedAttachment =>
      attachment({ network: 'storage', conduit: '1g1', address, ...more });

    const on = async (line: string): Promise<string> => {
      const lines: string[] = [];
      const end = await session.exec(reach, ['bash', '-c', line], {
        onLine: (_, text) => lines.push(text),
        deadlineMs: 20_000,
      });
      if (end.kind !== 'exited') throw new Error(`${line}: ${JSON.stringify(end)}`);
      return lines.join('\n');
    };
    const addressesOf = async (link: string): Promise<string[]> =>
      (await on(`ip -o addr show dev ${link} scope global | awk '{print $4}'`))
        .split('\n')
        .filter((text) => text !== '');

    const staged = (network: string): StagedRun =>
      stageRun({
        node: reach,
        roleName: `network-${network}`,
        attribs: { [NETWORK_ATTRIBS.confirmWithin]: CONFIRM_WITHIN_S },
        outputs: networkOutputs(network).map(({ name, schema }) => ({ name, schema })),
      });
    /** Reaches the node, and does not know it. */
    const deaf = (): SshSession => {
      const of = new SshSession({ privateKey: { path: join(home, 'id') } });
      of.probe = async () => ({
        kind: 'unreachable',
        code: 'no-contact',
        reason: 'this test hears nothing',
        tookMs: 0,
      });
      sessions.push(of);
      return of;
    };
    const configure = async (network: string): Promise<JigOutcome & { said: string }> => {
      const run = staged(network);
      const outcome = await new NetworkJig({ session, networks }).run(run);
      return { ...outcome, said: run.lines.map(({ line }) => line).join('\n') };
    };

    it('stays as it is without an address on a network, and the run says so', async () => {
      const before = await on(
        'ip addr; find /etc/systemd/network /etc/network /etc/NetworkManager /var/lib/anneal-node/network -type f 2>/dev/null',
      );
      const outcome = await configure('admin');
      expect(outcome).toMatchObject({ kind: 'succeeded' });
      expect(outcome.said).toMatch(/has no address on a network admin, so nothing was configured/);
      expect(
        await on(
          'ip addr; find /etc/systemd/network /etc/network /etc/NetworkManager /var/lib/anneal-node/network -type f 2>/dev/null',
        ),
      ).toBe(before);
    });

    it(
      'has the addresses of the admin network on its first card, both families, and can be reached under them',
      async () => {
        networks.attachments = admin;
        networks.others = [{ node: 'host', addresses: [fleet.network.hostAddress, '10.77.255.254'] }];
        const outcome = await configure('admin');
        expect(outcome, outcome.said).toMatchObject({
          kind: 'succeeded',
          outputs: {
            'network-admin-addresses': admin.map(({ address, range }) => ({
              address,
              range,
              category: 'admin',
              interface: 'eth0',
            })),
            'network-admin-interfaces': [{ name: 'eth0', kind: 'physical', members: [], vlan: null, mtu: null }],
            'network-admin-cards': { '1g0': ['eth0'] },
          },
        });
        expect(outcome.said).toMatch(
          new RegExp(`host answers at ${fleet.network.hostAddress.replaceAll('.', '\\.')} on`),
        );
        expect(outcome.said).toMatch(/host does not answer at 10\.77\.255\.254/);
        expect((await addressesOf('eth0')).toSorted()).toEqual(admin.map(({ address }) => address).toSorted());
      },
      RUN_MS,
    );

    it(
      'changes nothing when it is told the same again',
      async () => {
        const stamps =
          'stat -c "%n %y %i" $(cut -d" " -f3- /var/lib/anneal-node/network/files) /var/lib/anneal-node/network/plan.json';
        const before = await on(stamps);
        const outcome = await configure('admin');
        expect(outcome.said).toMatch(/has what is wanted already; nothing was changed/);
        expect(await on(stamps)).toBe(before);
      },
      RUN_MS,
    );

    it(
      'gets a second network, with routes and a routing table of its own, beside the first',
      async () => {
        networks.active = ['admin'];
        networks.attachments = [
          ...admin,
          storage('10.88.0.5/24', {
            mtu: 1400,
            policyTable: 'storage',
            router: { address: '10.88.0.1', preference: 50 },
            routes: [{ destination: '10.89.0.0/16', via: '10.88.0.2' }],
          }),
          storage('fd88::5/64', { range: 'host-v6' }),
        ];
        const outcome = await configure('storage');
        expect(outcome, outcome.said).toMatchObject({ kind: 'succeeded' });
        expect(await addressesOf('eth1')).toEqual(['10.88.0.5/24', 'fd88::5/64']);
        expect(await on('cat /sys/class/net/eth1/mtu')).toBe('1400');
        expect(await on('ip route show default')).toMatch(/^default via 10\.88\.0\.1 dev eth1/);
        expect(await on('ip route show 10.89.0.0/16')).toMatch(/via 10\.88\.0\.2 dev eth1/);
        expect(await on('ip route show table storage')).toMatch(/default via 10\.88\.0\.1 dev eth1/);
        const rules = await on('ip rule show priority 20252');
        expect(rules).toMatch(/from 10\.88\.0\.5 lookup storage/);
        expect(rules).toMatch(/from all to 10\.88\.0\.5 lookup storage/);
        expect((await addressesOf('eth0')).toSorted()).toEqual(admin.map(({ address }) => address).toSorted());
      },
      RUN_MS,
    );

    it(
      'has the new address and no longer the old one after a change, and keeps what is not ours',
      async () => {
        await on('ip addr add 10.66.0.1/24 dev far1; ip addr add 10.66.1.1/24 dev eth1');
        networks.attachments = [...admin, storage('10.88.0.6/24'), storage('fd88::5/64', { range: 'host-v6' })];
        const outcome = await configure('storage');
        expect(outcome, outcome.said).toMatchObject({ kind: 'succeeded' });
        expect((await addressesOf('eth1')).toSorted()).toEqual(['10.66.1.1/24', '10.88.0.6/24', 'fd88::5/64']);
        expect(await addressesOf('far1')).toEqual(['10.66.0.1/24']);
        expect(await on('ip rule show priority 20252; ip route show default; ip route show table 252')).toBe('');
      },
      RUN_MS,
    );

    it(
      'puts a bridge over a card, which hands its addresses to it',
      async () => {
        networks.attachments = [...admin, storage('10.88.0.6/24', { bridge: true })];
        const outcome = await configure('storage');
        expect(outcome, outcome.said).toMatchObject({ kind: 'succeeded' });
        expect(await addressesOf('br-eth1')).toEqual(['10.88.0.6/24', '10.66.1.1/24']);
        expect(await addressesOf('eth1')).toEqual([]);
        expect(await on('readlink /sys/class/net/eth1/master')).toMatch(/br-eth1$/);
        const again = await configure('storage');
        expect(again.said).toMatch(/nothing was changed/);
      },
      RUN_MS,
    );

    it(
      'undoes by itself a change under which it cannot be reached',
      async () => {
        const snapshot = `ip -o addr show scope global | awk '{print $2, $4}' | sort; find /etc/systemd/network /etc/network /etc/NetworkManager -type f | sort | xargs sha256sum`;
        const before = await on(snapshot);
        networks.attachments = [
          attachment({ network: 'admin', address: '10.99.0.5/24' }),
          storage('10.88.0.6/24', { bridge: true }),
        ];
        const began = Date.now();
        const outcome = await configure('admin');
        expect(outcome, outcome.said).toMatchObject({ kind: 'failed' });
        expect('reason' in outcome && outcome.reason).toMatch(
          /was undone .* nobody reached the node under the new configuration within 12 seconds/,
        );
        expect(Date.now() - began).toBeGreaterThan(CONFIRM_WITHIN_S * 1_000);
        expect(await on(snapshot)).toBe(before);
        expect(
          await on(
            'ls -d /var/lib/anneal-node/network/pending /etc/systemd/system/anneal-network-guard.service 2>/dev/null; systemctl list-units --all --plain --no-legend "anneal-network*"',
          ),
        ).toBe('');

        networks.attachments = [...admin, storage('10.88.0.6/24', { bridge: true })];
        expect((await configure('admin')).said).toMatch(/nothing was changed/);
      },
      RUN_MS,
    );

    it(
      'is not cut off again at once by a change that it undid, whether or not anybody was told',
      async () => {
        const before = await addressesOf('br-eth1');
        networks.attachments = [...admin, storage('10.88.0.98/24', { bridge: true })];
        const lost = await new NetworkJig({ session: deaf(), networks, undoWithinMs: 0 }).run(staged('storage'));
        expect(lost).toMatchObject({ kind: 'lost-contact' });
        await expect
          .poll(() => on('cat /var/lib/anneal-node/network/phase'), { timeout: RUN_MS, interval: 500 })
          .toMatch(/^rolled-back .* nobody reached the node/);
        expect(await configure('storage')).toMatchObject({
          kind: 'failed',
          reason: expect.stringMatching(/was undone .* nobody reached the node under the new configuration/),
        });
        expect(await addressesOf('br-eth1')).toEqual(before);

        await on('touch -d "-6 minutes" /var/lib/anneal-node/network/undone');
        const wanted = await configure('storage');
        expect(wanted, wanted.said).toMatchObject({ kind: 'succeeded' });
        expect(await addressesOf('br-eth1')).toContain('10.88.0.98/24');
        networks.attachments = [...admin, storage('10.88.0.6/24', { bridge: true })];
        expect(await configure('storage')).toMatchObject({ kind: 'succeeded' });
      },
      RUN_MS,
    );

    it(
      'has what it had when the run is cancelled before the change was confirmed',
      async () => {
        const before = await on(`ip -o addr show scope global | awk '{print $2, $4}' | sort`);
        networks.attachments = [...admin, storage('10.88.0.99/24', { bridge: true })];
        const run = staged('storage');
        const ended = new NetworkJig({ session, networks }).run(run);
        await run.saw('the change is under way');
        run.abort('cancelled');
        expect(await ended).toEqual({ kind: 'aborted', cause: 'cancelled' });
        expect(await on(`ip -o addr show scope global | awk '{print $2, $4}' | sort`)).toBe(before);
        expect(await on('cat /var/lib/anneal-node/network/phase')).toMatch(/^rolled-back .* given up/);
      },
      RUN_MS,
    );

    it(
      'starts with what it had when it loses power before the change was confirmed',
      async () => {
        const files = `find /etc/systemd/network /etc/network /etc/NetworkManager -type f | sort | xargs sha256sum`;
        const before = await on(files);
        networks.attachments = [
          attachment({ network: 'admin', address: '10.99.0.5/24' }),
          storage('10.88.0.6/24', { bridge: true }),
        ];
        const run = staged('admin');
        const ended = new NetworkJig({ session, networks }).run(run);
        await run.saw('the change is under way');
        await expect
          .poll(async () => ((await answers(node.address)) ? run.lines.map(({ line }) => line).join('\n') : 'silent'), {
            timeout: 10_000,
            interval: 100,
          })
          .toBe('silent');
        await node.kill();
        // A machine that loses power loses its addresses; the namespace of a container keeps them.
        const inside = ['-netns', node.port.namespace];
        await command('ip', [...inside, 'addr', 'flush', 'dev', 'eth0', 'scope', 'global']);
        await command('ip', [...inside, 'addr', 'add', `${node.address}/24`, 'dev', 'eth0']);
        await command('ip', [...inside, 'link', 'set', 'eth0', 'up']);
        await node.return();
        expect(await ended, run.text().join('\n')).toMatchObject({
          kind: 'failed',
          reason: expect.stringMatching(/restarted before the new configuration/),
        });
        expect(await on(files)).toBe(before);
      },
      RUN_MS,
    );

    it(
      'is followed to another address of the admin network',
      async () => {
        const moved = node.address.replace(/\d+$/, (last) => String(Number(last) + 100));
        networks.attachments = [
          attachment({ network: 'admin', address: `${moved}/24` }),
          storage('10.88.0.6/24', { bridge: true }),
        ];
        const outcome = await configure('admin');
        expect(outcome, outcome.said).toMatchObject({ kind: 'succeeded' });
        expect(networks.addresses).toEqual([moved]);
        reach = { ...reach, address: moved };
        expect(await addressesOf('eth0')).toContain(`${moved}/24`);
        expect(await addressesOf('eth0')).not.toContain(`${node.address}/24`);
      },
      RUN_MS,
    );

    it(
      'loses what a network gave it when it leaves the network, and nothing else',
      async () => {
        networks.attachments = networks.attachments.filter(({ network }) => network === 'admin');
        const outcome = await configure('admin');
        expect(outcome, outcome.said).toMatchObject({ kind: 'succeeded' });
        expect(await on('ls /sys/class/net')).not.toMatch(/br-eth1/);
        expect(await addressesOf('eth1')).toEqual(['10.66.1.1/24']);
        expect(await addressesOf('far1')).toEqual(['10.66.0.1/24']);
        expect(await on(`grep -c 10.88 ${file} || true`)).toMatch(/^0$|No such file/);
      },
      RUN_MS,
    );
  });

  it(
    'sets aside what others have said of a card and of name servers, and gives it back',
    async () => {
      const node = fleet.nodes[3]!;
      const reach: Reach = {
        nodeId: idOf<NodeId>('0c5d7a1e-0000-4000-8000-000000000009'),
        name: node.name,
        address: node.address,
        sshPort: 22,
        hostKey: await node.hostKey(),
      };
      const text =
        'auto lo\niface lo inet loopback\n\nallow-hotplug eth1\niface eth1 inet dhcp\n    hostname me\n# a remark\niface far1 inet manual\n\nsource /etc/network/interfaces.d/*\n';
      await session.upload(reach, '/etc/network/interfaces', text, { mode: 0o644 });
      const networks = new GivenNetworks();
      const read = async (path = '/etc/network/interfaces'): Promise<string> => {
        const lines: string[] = [];
        await session.exec(reach, ['cat', path], { onLine: (_, line) => lines.push(line) });
        return `${lines.join('\n')}\n`;
      };
      const jig = new NetworkJig({ session, networks });
      const configure = async (network: string): Promise<void> => {
        const run = stageRun({ node: reach, roleName: `network-${network}` });
        expect(await jig.run(run), run.lines.map(({ line }) => line).join('\n')).toMatchObject({ kind: 'succeeded' });
      };
      const admin = attachment({ network: 'admin', address: `${node.address}/24` });
      networks.attachments = [
        admin,
        attachment({
          network: 'storage',
          conduit: '1g1',
          address: '10.88.0.7/24',
          nameServers: ['10.88.0.2'],
          domain: 'storage.test',
        }),
      ];
      const resolver = await read('/etc/resolv.conf');
      await configure('storage');
      expect(await read('/etc/resolv.conf')).toMatch(/\nsearch storage\.test\nnameserver 10\.88\.0\.2\n/);
      expect(await read()).toBe(
        text.replace(
          'iface eth1 inet dhcp\n    hostname me',
          '#anneal# iface eth1 inet dhcp\n#anneal#     hostname me',
        ),
      );
      networks.attachments = [admin];
      networks.active = ['admin'];
      await session.exec(reach, [
        'sed',
        '-i',
        's/iface eth1 inet dhcp/iface eth1 inet manual/',
        '/etc/network/interfaces',
      ]);
      await configure('admin');
      expect(await read()).toBe(text.replace('inet dhcp', 'inet manual'));
      expect(await read('/etc/resolv.conf')).toBe(resolver);
    },
    RUN_MS,
  );

  describe.each(Object.entries(NETWORK_EXAMPLES))('the files for "%s"', (name, plan) => {
    const reachOf = async (): Promise<Reach> => ({
      nodeId: idOf<NodeId>('0c5d7a1e-0000-4000-8000-000000000009'),
      name: fleet.nodes[3]!.name,
      address: fleet.nodes[3]!.address,
      sshPort: 22,
      hostKey: await fleet.nodes[3]!.hostKey(),
    });
    /** Puts them where no card of the node is meant, and says what a program thinks of them. */
    const told = async (family: ConfigFamily, folder: string, say: string): Promise<string> => {
      const reach = await reachOf();
      const lines: string[] = [];
      const onLine = (_: unknown, line: string): void => void lines.push(line);
      await session.exec(reach, ['bash', '-c', `rm -rf ${folder}; mkdir -p ${folder}`]);
      for (const { path, content } of renderNetwork(family, plan, 'links').files) {
        if (path.startsWith('/etc/iproute2')) continue;
        const put = await session.upload(
          reach,
          `${folder}/${basename(path)}`,
          content.replaceAll(/\beth(\d)/g, 'zth$1'),
          {
            mode: 0o644,
          },
        );
        expect(put).toMatchObject({ kind: 'exited', exitCode: 0 });
      }
      const end = await session.exec(reach, ['bash', '-c', say], { onLine, deadlineMs: 30_000 });
      return `${lines.join('\n')}\n${end.kind === 'exited' ? end.exitCode : end.kind}`;
    };

    it('are read by ifupdown, which would bring all of it up', async () => {
      const said = await told('ifupdown', '/run/try', 'ifup --no-act --force --all --interfaces=/run/try/anneal 2>&1');
      expect(said, name).toMatch(/\n0$/);
      for (const { addresses } of plan.links)
        for (const { address } of addresses) expect(said).toContain(address.slice(0, address.indexOf('/')));
    });

    it('are profiles for NetworkManager', async () => {
      const each =
        'for file in /run/try/*; do nmcli --offline connection modify connection.autoconnect-priority 9 <$file || exit 1; done 2>&1';
      const said = await told('network-manager', '/run/try', each);
      expect(said, name).toMatch(/\n0$/);
      for (const { addresses } of plan.links) for (const { address } of addresses) expect(said).toContain(address);
    });

    it('are understood by systemd-networkd, every line', async () => {
      const read =
        'systemctl restart systemd-networkd && journalctl --sync && journalctl -o cat -u systemd-networkd _SYSTEMD_INVOCATION_ID=$(systemctl show --value -p InvocationID systemd-networkd) | grep -F /run/systemd/network/ | grep -v Configuring; systemctl stop systemd-networkd systemd-networkd.socket; rm -rf /run/systemd/network; ip link del br300 2>/dev/null; ip link del br-zth0 2>/dev/null; true';
      expect(await told('networkd', '/run/systemd/network', read), name).toBe('\n0');
    });
  });

  async function answers(address: string): Promise<boolean> {
    const seen = await session.probe(
      {
        nodeId: idOf<NodeId>('0c5d7a1e-0000-4000-8000-0000000000ff'),
        name: address,
        address,
        sshPort: 22,
        hostKey: null,
      },
      500,
      'banner',
    );
    return seen.kind === 'alive';
  }
});
