import type { JsonObject } from '../base/json.js';
import type { Planned } from './plan-network.js';
import type { NetworkPlan } from './plan.js';
import type { WantedAttachment } from './wanted.js';

/** What a network's role tells about a node after it has configured it; the role declares these outputs. */
export interface NetworkOutputDeclaration {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
}

const TEXTS: JsonObject = { type: 'array', items: { type: 'string' } };

/** The outputs of the role `network-<name>`. */
export const networkOutputs = (network: string): readonly NetworkOutputDeclaration[] => [
  {
    name: `network-${network}-addresses`,
    description: `Addresses of the node on the network ${network}, with the interface that carries them.`,
    schema: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          address: { type: 'string' },
          range: { type: 'string' },
          category: { type: 'string' },
          interface: { type: 'string' },
        },
        required: ['address', 'range', 'category', 'interface'],
        additionalProperties: false,
      },
    },
  },
  {
    name: `network-${network}-interfaces`,
    description: `The stack of interfaces that the network ${network} uses on the node, from the card up.`,
    schema: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          kind: { type: 'string', enum: ['physical', 'bond', 'vlan', 'bridge'] },
          members: TEXTS,
          vlan: { type: ['integer', 'null'] },
          mtu: { type: ['integer', 'null'] },
        },
        required: ['name', 'kind', 'members', 'vlan', 'mtu'],
        additionalProperties: false,
      },
    },
  },
  {
    name: `network-${network}-cards`,
    description: `The cards that each conduit of the network ${network} means on the node.`,
    schema: { type: 'object', additionalProperties: TEXTS },
  },
];

/** The values of those outputs. */
export function networkResults(
  network: string,
  wanted: readonly WantedAttachment[],
  plan: NetworkPlan,
  conduits: Planned['conduits'],
): JsonObject {
  const mine = wanted.filter((each) => each.network === network);
  const categoryOf = (range: string | null): string => mine.find((each) => each.range === range)?.category ?? '';
  return {
    [`network-${network}-addresses`]: plan.links.flatMap((link) =>
      link.addresses
        .filter((each) => each.network === network)
        .map(({ address, range }) => ({
          address,
          range: range ?? '',
          category: categoryOf(range),
          interface: link.name,
        })),
    ),
    [`network-${network}-interfaces`]: plan.links
      .filter(({ networks }) => networks.includes(network))
      .map(({ name, kind, members, vlan, mtu }) => ({ name, kind, members, vlan: vlan?.id ?? null, mtu })),
    [`network-${network}-cards`]: Object.fromEntries(
      mine.flatMap(({ conduit }) => (conduits[conduit] ? [[conduit, conduits[conduit]]] : [])),
    ),
  };
}
