import type { Site } from '#app';

/** A site as its document: what is null, or as it comes by itself, is left out. */
export const siteAnswer = ({
  adminNode,
  networks = [],
  dnsZones = [],
  externalServices = [],
  settings,
  attribs,
}: Site) => ({
  ...(adminNode ? { admin_node: adminNode } : {}),
  networks: networks.map(({ ranges = [], ...network }) => ({
    ...snakeKeys(network),
    ranges: ranges.map((range) => snakeKeys(range)),
  })),
  dns_zones: dnsZones.map((zone) => snakeKeys(zone)),
  external_services: externalServices,
  ...(settings ? { settings } : {}),
  ...(attribs ? { attribs } : {}),
});

const snakeKeys = (value: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null && each !== undefined && each !== '')
      .map(([key, each]) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), each]),
  );
