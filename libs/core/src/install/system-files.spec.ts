import { describe, expect, it } from 'vitest';
import type { WantedAttachment } from '../netconfig/index.js';
import { installOrderJson } from './order-json.js';
import type { InstallOrder } from './order.js';
import { systemFiles } from './system-files.js';

const attachment = (different: Partial<WantedAttachment> = {}): WantedAttachment => ({
  network: 'admin',
  category: 'admin',
  range: 'host',
  conduit: '1g0',
  vlan: null,
  bondMode: null,
  bridge: false,
  mtu: null,
  policyTable: null,
  address: '192.168.124.81/24',
  router: { address: '192.168.124.1', preference: 10 },
  routes: [],
  nameServers: ['192.168.124.10'],
  domain: 'example.com',
  ...different,
});
const card = {
  name: 'enp1s0',
  mac: '52:54:00:00:00:01',
  busPath: '0000:01:00.0',
  port: 0,
  speeds: [1_000],
  driver: null,
  model: null,
};
const facts = {
  name: 'n1.example.com',
  family: 'debian',
  attachments: [attachment(), attachment({ address: 'fd12:3456:789a:1::81/64', router: null })],
  inventory: { product: null, interfaces: [card] },
  timeServers: ['192.168.124.10'],
};
const content = (files: InstallOrder['files'], path: string) => files.find((file) => file.path === path)?.content ?? '';

describe('the files of an installed system', () => {
  it('give it its name and its addresses of both families', () => {
    const { files, problems } = systemFiles(facts);
    expect(problems).toEqual([]);
    expect(content(files, '/etc/hostname')).toBe('n1.example.com\n');
    expect(content(files, '/etc/hosts')).toContain('192.168.124.81 n1.example.com n1\n');
    const network = content(files, '/etc/systemd/network/05-anneal-enp1s0.network');
    expect(network).toContain('Address=192.168.124.81/24');
    expect(network).toContain('Address=fd12:3456:789a:1::81/64');
    expect(network).toContain('Gateway=192.168.124.1');
    expect(files.every(({ mode }) => /^0[0-7]{3}$/.test(mode))).toBe(true);
  });

  it('keep the names of its cards, by their own addresses', () => {
    const link = content(systemFiles(facts).files, '/etc/systemd/network/05-anneal-enp1s0.link');
    expect(link).toBe('[Match]\nPermanentMACAddress=52:54:00:00:00:01\n\n[Link]\nName=enp1s0\n');
  });

  it('say what of the network cannot be had', () => {
    const { problems } = systemFiles({ ...facts, attachments: [attachment({ conduit: '10g3' })] });
    expect(problems.map(({ network }) => network)).toEqual(['admin']);
  });
});

describe('an order', () => {
  it('is written in snake_case at every depth, and values stay as they are', () => {
    const order = {
      install: 'i',
      reportUrl: 'http://a',
      image: { rawBytes: 1, sha256: 'aB' },
      kernelParams: ['rootDelay=1'],
      authorizedKeys: [],
    } as unknown as InstallOrder;
    expect(installOrderJson(order)).toEqual({
      install: 'i',
      report_url: 'http://a',
      image: { raw_bytes: 1, sha256: 'aB' },
      kernel_params: ['rootDelay=1'],
      authorized_keys: [],
    });
  });
});
