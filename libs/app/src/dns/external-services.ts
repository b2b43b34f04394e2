import { refuse, type ViewNetwork } from '#core';
import type { ExternalServiceView, NewExternalService } from '../ports/dns-store.js';
import { firstRefusal, refuseAddress, refuseLength, refuseRowName } from './check-fields.js';
import type { EditedNoun } from './edit-rows.js';

/** Services that a site has already, declared instead of roles of ours. */
export const EXTERNAL_SERVICES: EditedNoun<ExternalServiceView, NewExternalService> = {
  what: 'external service',
  advice: 'use the name or id of one that `anneal external-services list` shows',
  subject: 'external_service',
  store: (tx) => tx.externalServices,
  nameOf: (row) => (row as NewExternalService).name,
  fields: ['name', 'addresses', 'networks'],
  refuse: (_tx, row) =>
    firstRefusal([
      refuseRowName('external service', row.name),
      refuseLength('addresses', row.addresses),
      refuseLength('networks', row.networks),
      ...row.addresses.map((address) => refuseAddress('addresses', address)),
      row.kind !== 'dhcp' && row.addresses.length === 0
        ? refuse('invalid', `machines have to be told where the ${row.kind} service is: give its addresses.`, {
            field: 'addresses',
          })
        : null,
    ]),
};

/**
 * A network as it is with services that stand outside: where it names no servers of its own, machines are told of
 * these, and where somebody else does DHCP, we add boot options to his answers (PXE, port 4011) and give no addresses.
 */
export const withExternalServices = (network: ViewNetwork, services: readonly ExternalServiceView[]): ViewNetwork => {
  const here = services.filter(({ networks }) => networks.length === 0 || networks.includes(network.name));
  const addresses = (kind: ExternalServiceView['kind']): string[] =>
    here.filter((service) => service.kind === kind).flatMap((service) => service.addresses);
  return {
    ...network,
    nameServers: network.nameServers.length > 0 ? network.nameServers : addresses('dns'),
    timeServers: network.timeServers.length > 0 ? network.timeServers : addresses('ntp'),
    dhcp: network.dhcp === 'serve' && here.some(({ kind }) => kind === 'dhcp') ? 'proxy' : network.dhcp,
  };
};
