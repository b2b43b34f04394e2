import { describe, expect, it } from 'vitest';
import { readFacts } from './facts.js';

const told = (...lines: string[][]): string => lines.map((words) => words.join('\t')).join('\n');

describe('readFacts', () => {
  it('reads what a node tells of itself', () => {
    const facts = readFacts(
      told(
        ['product', 'PowerEdge R740'],
        ['service', 'networkd', 'active'],
        ['service', 'ifupdown', 'installed'],
        ['resolver', 'file'],
        ['link', 'eno1', 'physical', 'bond0', '', ''],
        [
          'card',
          'eno1',
          '02:00:00:00:00:0A',
          '0000:00/0000:00:1c.5/0000:04:00.0',
          '1',
          '10,100,1000,1000',
          'tg3',
          'NIC 1',
        ],
        ['link', 'bond0.7', 'vlan', '', '7', 'bond0'],
        ['address', 'bond0.7', '10.0.0.5/24', '1'],
        ['route', '0.0.0.0/0', '10.0.0.1', 'bond0.7', '1'],
        ['file', '/etc/systemd/network/05-anneal-eth0.network', 'abc'],
        ['file', '/etc/resolv.conf', '-'],
        ['before', '{"format":1,"links":[],"tables":{}}'],
        ['pending', 'activated f00'],
        ['undone', '17', 'rolled-back 0ff nobody reached the node'],
        ['something', 'newer'],
      ),
    );
    expect(facts).toEqual({
      family: 'networkd',
      resolver: 'file',
      inDiscovery: false,
      inventory: {
        product: 'PowerEdge R740',
        interfaces: [
          {
            name: 'eno1',
            mac: '02:00:00:00:00:0a',
            busPath: '0000:00/0000:00:1c.5/0000:04:00.0',
            port: 1,
            speeds: [10, 100, 1000],
            driver: 'tg3',
            model: 'NIC 1',
          },
        ],
      },
      present: {
        links: [
          { name: 'eno1', kind: 'physical', master: 'bond0', vlan: null, addresses: [] },
          {
            name: 'bond0.7',
            kind: 'vlan',
            master: null,
            vlan: { id: 7, parent: 'bond0' },
            addresses: [{ address: '10.0.0.5/24', dynamic: true }],
          },
        ],
        routes: [{ destination: '0.0.0.0/0', via: '10.0.0.1', device: 'bond0.7', dynamic: true }],
        before: { format: 1, links: [], tables: {} },
      },
      files: new Map([
        ['/etc/systemd/network/05-anneal-eth0.network', 'abc'],
        ['/etc/resolv.conf', null],
      ]),
      pending: { phase: 'activated', id: 'f00' },
      undone: { id: '0ff', ago: 17 },
    });
  });

  it.each([
    ['what is at work', ['active', 'installed', 'absent', 'active'], 'networkd'],
    ['NetworkManager before networkd', ['active', 'active', 'absent', 'installed'], 'network-manager'],
    ['wicked before all', ['active', 'active', 'active', 'absent'], 'wicked'],
    ['ifupdown before a daemon that does not run', ['installed', 'absent', 'absent', 'installed'], 'ifupdown'],
    ['a daemon that could run', ['installed', 'absent', 'absent', 'absent'], 'networkd'],
    ['nothing', ['absent', 'absent', 'absent', 'absent'], null],
  ])('chooses %s', (_, states, expected) => {
    const names = ['networkd', 'network-manager', 'wicked', 'ifupdown'];
    expect(readFacts(told(...states.map((state, at) => ['service', names[at]!, state]))).family).toBe(expected);
  });

  it('takes an answer without a word for a node without cards', () => {
    expect(readFacts('')).toMatchObject({
      family: null,
      inventory: { interfaces: [] },
      pending: null,
      undone: null,
      inDiscovery: false,
    });
    expect(readFacts('discovery')).toMatchObject({ family: null, inDiscovery: true });
  });
});
