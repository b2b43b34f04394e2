import { httpBase, parseAddress, parseInterfaceAddress, subnetHas, subnetOf, type NodeId } from '#core';
import { SILENT_AFTER_MS } from '../netboot/limits.js';
import type { Transaction } from '../ports/unit-of-work.js';

/**
 * Where a machine that runs already reaches the files of netboot: a server that lives and serves HTTP, by an address in a
 * network that the node has an address of, when there is one. Null when nobody serves.
 */
export const contentBaseFor = async (tx: Transaction, nodeId: NodeId): Promise<string | null> => {
  const subnets = (await tx.nodeNetworks.attachments(nodeId)).flatMap(({ address }) => {
    const parsed = parseInterfaceAddress(address);
    return parsed ? [subnetOf(parsed.address, parsed.prefixLength)] : [];
  });
  const served = (await tx.netboot.servers(SILENT_AFTER_MS))
    .filter(({ state }) => state === 'live')
    .flatMap(({ addresses, services }) => {
      const http = services.find(({ service, state }) => service === 'http' && state === 'serving');
      return http?.port === undefined ? [] : addresses.map((address) => ({ address, port: http.port as number }));
    });
  const near = served.find(({ address }) => {
    const parsed = parseAddress(address);
    return parsed !== null && subnets.some((subnet) => subnetHas(subnet, parsed));
  });
  const chosen = near ?? served[0];
  return chosen ? httpBase(chosen.address, chosen.port) : null;
};

/**
 * The address of the API as a machine reaches it. One of this host alone means that nobody has said another: then the
 * server runs where netboot does, as a rule.
 */
export const reachableApi = (apiUrl: string, contentBase: string | null): string => {
  const [api, there] = [new URL(apiUrl), contentBase === null ? null : new URL(contentBase)];
  if (!LOOPBACK.test(api.hostname) || there === null || LOOPBACK.test(there.hostname)) return apiUrl;
  api.hostname = there.hostname;
  return api.origin;
};

const LOOPBACK = /^(localhost|127\.|\[::1\])/;
