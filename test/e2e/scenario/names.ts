/** Nodes of scripts have short names; the product's are full. */
const DOMAIN = '.scenario.test';

export const longName = (node: string): string => `${node}${DOMAIN}`;

export const shortName = (node: string): string => (node.endsWith(DOMAIN) ? node.slice(0, -DOMAIN.length) : node);

/** A sentence with the short names that scripts have. */
export const shortNames = (sentence: string): string => sentence.replaceAll(DOMAIN, '');
