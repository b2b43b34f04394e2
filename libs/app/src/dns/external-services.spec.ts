import { describe, expect, it } from 'vitest';
import { idOf, type ViewNetwork } from '#core';
import type { ExternalServiceView } from '../ports/dns-store.js';
import { withExternalServices } from './external-services.js';

const network: ViewNetwork = {
  id: idOf('admin'),
  name: 'admin',
  category: 'admin',
  group: 'internal',
  link: '1g0',
  subnets: [],
  domain: 'example.com',
  nameServers: [],
  timeServers: ['10.0.0.1'],
  poolLeaseSeconds: 60,
  reservedLeaseSeconds: 60,
  dhcp: 'serve',
};
const service = (
  kind: ExternalServiceView['kind'],
  addresses: string[],
  networks: string[] = [],
): ExternalServiceView => ({
  id: idOf(kind),
  name: kind,
  kind,
  addresses,
  networks,
  version: 1,
});

describe('a service that stands outside', () => {
  it('is told to machines of networks that name none of their own', () => {
    const services = [service('dns', ['192.0.2.53', '192.0.2.54']), service('ntp', ['192.0.2.123'])];
    expect(withExternalServices(network, services)).toMatchObject({
      nameServers: ['192.0.2.53', '192.0.2.54'],
      timeServers: ['10.0.0.1'],
      dhcp: 'serve',
    });
  });

  it('for other networks changes nothing', () => {
    expect(withExternalServices(network, [service('dns', ['192.0.2.53'], ['storage'])])).toEqual(network);
  });

  it('that gives addresses leaves us the boot options alone', () => {
    expect(withExternalServices(network, [service('dhcp', [], ['admin'])]).dhcp).toBe('proxy');
    expect(withExternalServices({ ...network, dhcp: 'off' }, [service('dhcp', [])]).dhcp).toBe('off');
  });
});
