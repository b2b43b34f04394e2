import {
  CONTENT_PATH,
  readNetworkInventory,
  systemFiles,
  type Install,
  type InstallOrder,
  type PlanProblem,
} from '#core';
import type { OrderToken } from '../ports/order-tokens.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** Where the machine reaches what it needs. */
export interface OrderPlaces {
  /** Base of the API, without trailing slash. */
  readonly apiUrl: string;
  /** Base of what netboot serves over HTTP, without trailing slash; null when nobody serves. */
  readonly contentBase: string | null;
}

export interface OrderTokenPair {
  readonly order: OrderToken;
  readonly join: OrderToken;
}

/**
 * Puts the order together from the frozen plan and what is true of the node now. Images hold no secret, so they are fetched
 * by their digest like any content, without a nonce: a machine that fetches in parts, or again, needs no second one.
 */
export const orderOf = async (
  tx: Transaction,
  install: Install,
  tokens: OrderTokenPair,
  places: OrderPlaces,
): Promise<{ readonly order: InstallOrder; readonly problems: readonly PlanProblem[] }> => {
  const { id, nodeId, plan } = install;
  const node = await tx.nodes.find(nodeId);
  const { inventory } = await tx.nodes.documents(nodeId);
  const attachments = (await tx.nodeNetworks.attachments(nodeId)).filter(({ category }) => category === 'admin');
  const names = new Set(attachments.map(({ network }) => network));
  const networks = (await tx.networks.all()).filter(({ name }) => names.has(name));
  const name = node?.name ?? '';
  const { files, problems } = systemFiles({
    name,
    family: plan.image.family,
    attachments,
    inventory: readNetworkInventory(inventory) ?? { product: null, interfaces: [] },
    timeServers: [...new Set(networks.flatMap(({ timeServers }) => timeServers))],
  });
  const url = `${places.apiUrl}/api/v2/installs/${id}`;
  const { content } = plan.image;
  return {
    order: {
      install: id,
      token: tokens.order.token,
      reportUrl: url,
      node: { id: nodeId, name },
      disks: plan.disks,
      layout: plan.layout,
      image: content && { url: `${places.contentBase}${CONTENT_PATH}${content.sha256}`, ...content },
      files,
      authorizedKeys: plan.authorizedKeys,
      kernelParams: plan.kernelParams,
      packages: plan.packages,
      join: { url: `${url}/join`, token: tokens.join.token },
      proxy: plan.proxy,
    },
    problems,
  };
};
