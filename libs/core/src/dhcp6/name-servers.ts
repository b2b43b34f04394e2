import type { ViewNetwork } from '../boot-view/document.js';
import { parseAddress6, parsePrefix6, samePrefix6 } from './address.js';

/**
 * Where hosts of a network ask for names: the servers that it names, and where it names none, us. `own` are our addresses
 * on which names are served, none where they are not; the one that lies in a subnet of the network goes before others,
 * which may be routers away.
 */
export const nameServersOn = (network: ViewNetwork, own: readonly string[]): readonly string[] => {
  if (network.nameServers.length > 0) return network.nameServers;
  const prefixes = network.subnets.flatMap(({ family, cidr }) => (family === 6 ? (parsePrefix6(cidr) ?? []) : []));
  const reachable = own.flatMap((address) => {
    const bytes = address.toLowerCase().startsWith('fe80:') ? null : parseAddress6(address);
    return bytes ? [{ address, bytes }] : [];
  });
  const near = reachable.find(({ bytes }) => prefixes.some(({ base, length }) => samePrefix6(base, bytes, length)));
  const best = near ?? reachable[0];
  return best ? [best.address] : [];
};
