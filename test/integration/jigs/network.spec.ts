import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { EventEmitter, once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NodeNetworks, type ExecEnd, type NetworkTarget, type NodeNetworkWish } from '#app';
import type { WantedAttachment } from '#core';
import { NetworkJig } from '#jigs';
import { FakeSession, stageRun } from '#testkit';

/**
 * What the network jig does before it changes anything, on this computer as the node: it is asked what it has, and that is
 * all. What a change does is tried in the lab (test/lab/network.spec.ts).
 */
describe('the network jig', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anneal-network-jig-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const script = new URL('../../../libs/jigs/src/network/node.sh', import.meta.url).pathname;
  const session = new FakeSession();
  const node = session.addMachine('node1.test');
  const folders = () => ({ state: join(folder, 'state'), run: join(folder, 'run') });

  class Given extends NodeNetworks {
    constructor(private readonly attachments: readonly WantedAttachment[]) {
      super();
    }

    async wishOf(): Promise<NodeNetworkWish> {
      return { attachments: this.attachments, active: [], inventory: {} };
    }

    async targets(): Promise<readonly NetworkTarget[]> {
      return [];
    }

    async moved(): Promise<void> {
      throw new Error('nothing was moved');
    }
  }

  const attachment = (given: Partial<WantedAttachment>): WantedAttachment => ({
    network: 'storage',
    category: 'general',
    range: 'host',
    conduit: '1g0',
    vlan: null,
    bondMode: null,
    bridge: false,
    mtu: null,
    policyTable: null,
    address: '10.88.0.5/24',
    router: null,
    routes: [],
    nameServers: [],
    domain: '',
    ...given,
  });
  const run = (networks: NodeNetworks | undefined, more: object = {}) => {
    const staged = stageRun({ node, roleName: 'network-storage', ...more });
    const jig = new NetworkJig({ session, folders, ...(networks ? { networks } : {}) });
    return jig.run(staged).then((outcome) => ({ outcome, said: staged.lines.map(({ line }) => line).join('\n') }));
  };

  it.each([
    ['nobody knows of networks', undefined, {}, /this worker knows of no networks/],
    ['the node has no address on the network', new Given([]), {}, /has no address on a network storage/],
    [
      'the node has no address',
      new Given([attachment({})]),
      { node: { ...node, address: null } },
      /is not reached over SSH/,
    ],
    [
      'nobody looks after the node',
      new Given([attachment({})]),
      { node: { ...node, hostKey: null } },
      /is not reached over SSH/,
    ],
  ])('does nothing, and says so, where %s', async (_, networks, more, says) => {
    const { outcome, said } = await run(networks, more);
    expect(outcome).toEqual({ kind: 'succeeded' });
    expect(said).toMatch(says);
    expect(said).toMatch(/nothing was configured/);
  });

  it('asks the node for its cards, and fails without touching it when there is none that is meant', async () => {
    const { outcome } = await run(new Given([attachment({ conduit: '1g97' })]));
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/the conduit "1g97" is not on this node, which has .*nothing was changed$/),
    });
  });

  describe('where the node takes a question and never answers', () => {
    class Mute extends FakeSession {
      readonly events = new EventEmitter();

      override async exec(...[, , options]: Parameters<FakeSession['exec']>): Promise<ExecEnd> {
        this.events.emit('asked');
        const signal = options?.signal;
        if (signal && !signal.aborted) await once(signal, 'abort');
        return { kind: 'stopped', by: 'signal', exitCode: null };
      }
    }
    const networks = new Given([attachment({})]);

    it('has lost contact, and says so; nobody has cancelled anything', async () => {
      const jig = new NetworkJig({ session: new Mute(), folders, networks, askWithinMs: 50 });
      expect(await jig.run(stageRun({ node, roleName: 'network-storage' }))).toEqual({
        kind: 'lost-contact',
        reason: 'node1.test did not answer within 0.05 s when it was asked to gather',
      });
    });

    it('is cancelled when its run is', async () => {
      const mute = new Mute();
      const asked = once(mute.events, 'asked');
      const jig = new NetworkJig({ session: mute, folders, networks });
      const given = new AbortController();
      const outcome = jig.run(stageRun({ node, roleName: 'network-storage', signal: given.signal }));
      await asked;
      given.abort('cancelled');
      expect(await outcome).toEqual({ kind: 'aborted', cause: 'cancelled' });
    });
  });

  it('knows VLANs by what the kernel says of them, as ip prints it', () => {
    const printed = [
      '5: eth0.100@eth0: <BROADCAST,UP> mtu 1500 qdisc noqueue state UP \\    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 0 \\    vlan protocol 802.1Q id 100 <REORDER_HDR> addrgenmode eui64',
      '6: storage@bond0: <BROADCAST> mtu 9000 \\    link/ether 02:00:00:00:00:02 promiscuity 0 \\    vlan protocol 802.1Q id 7 <REORDER_HDR> numtxqueues 1',
    ];
    // No verb of the script: only what it defines.
    const told = execFileSync('bash', ['-c', 'network_verb=none; . "$1"; network_vlans', 'bash', script], {
      input: `${printed.join('\n')}\n`,
      encoding: 'utf8',
    });
    expect(told).toBe('eth0.100 eth0 100\nstorage bond0 7\n');
  });

  it('writes whole files and single settings, and knows afterwards what was there', () => {
    const place = mkdtempSync(join(folder, 'node-'));
    const at = (name: string): string => join(place, name);
    mkdirSync(at('next/files'), { recursive: true });
    mkdirSync(at('before'));
    writeFileSync(at('config'), '# of netconfig\nNETCONFIG_DNS_STATIC_SERVERS=""\nNETCONFIG_VERBOSE="no"\n');
    writeFileSync(at('ifcfg-eth0'), "BOOTPROTO='dhcp'\n");
    writeFileSync(at('next/files/0'), "BOOTPROTO='static'\n");
    const order = [
      ['write', '644', '0', at('ifcfg-eth0')],
      ['set', at('config'), 'NETCONFIG_DNS_STATIC_SERVERS', '10.0.0.2 fd00::2'],
      ['set', at('config'), 'NETCONFIG_DNS_STATIC_SEARCHLIST', 'example.com'],
    ];
    writeFileSync(at('next/order'), order.map((words) => `${words.join('\t')}\n`).join(''));
    const inside = (what: string): string =>
      execFileSync(
        'bash',
        ['-c', `network_verb=none network_state=$2; . "$1"; network_family=wicked; ${what}`, 'bash', script, place],
        {
          encoding: 'utf8',
        },
      );
    const [before, ifcfg] = [readFileSync(at('config'), 'utf8'), readFileSync(at('ifcfg-eth0'), 'utf8')];
    inside('network_write');
    expect(readFileSync(at('config'), 'utf8')).toBe(
      '# of netconfig\nNETCONFIG_DNS_STATIC_SERVERS="10.0.0.2 fd00::2"\nNETCONFIG_VERBOSE="no"\nNETCONFIG_DNS_STATIC_SEARCHLIST="example.com"\n',
    );
    expect(readFileSync(at('ifcfg-eth0'), 'utf8')).toBe("BOOTPROTO='static'\n");

    inside(': >"$network_state/before/whole"; network_restore_files');
    expect(readFileSync(at('config'), 'utf8')).toBe(before);
    expect(readFileSync(at('ifcfg-eth0'), 'utf8')).toBe(ifcfg);
  });

  it('says that contact was lost when the node does not answer', async () => {
    session.cut(node);
    const { outcome } = await run(new Given([attachment({})]));
    session.mend(node);
    expect(outcome).toMatchObject({ kind: 'lost-contact' });
  });
});
