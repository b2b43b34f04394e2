import type { IpFamily } from '../boot-view/document.js';
import type { Json, JsonObject } from '../base/json.js';
import { parseAddress, plainAddress, spanHas, spanText, type AddressSpan } from './address.js';
import { hintName } from './allocate.js';
import { isPool } from './range.js';
import { formatSubnet, spanOf, type Subnet } from './subnet.js';

/**
 * What does not fit together in a network although every row of it is valid: wishes that cannot come true, machines that
 * are found where somebody else belongs, subnets that are on two links. Nothing is repaired here, and every finding says
 * what would.
 */

export const NETWORK_CONFLICTS = {
  'hint-impossible': 'A node wishes for an address that no range for nodes has.',
  'hint-taken': 'A node wishes for an address that another node has.',
  'hint-not-followed': 'A node has another address than it wishes for: the wish came later.',
  'no-address': 'A node is on the network and has no address of it.',
  'reached-elsewhere': 'A node is reached at an address that belongs to somebody else.',
  'router-allocated': 'A node that is no admin node has the address of a router.',
  'subnet-on-two-links': 'Another network has addresses of the same subnet on another link.',
  'range-full': 'A range has no address left.',
} as const;
export type NetworkConflictKind = keyof typeof NETWORK_CONFLICTS;

export interface NetworkConflict {
  readonly kind: NetworkConflictKind;
  /** What is the matter and what to do, as a sentence. */
  readonly detail: string;
  readonly node: string | null;
  readonly address: string | null;
  readonly range: string | null;
}

export interface ConflictFacts {
  readonly network: { readonly name: string; readonly link: string; readonly configure: boolean };
  readonly ranges: readonly {
    readonly name: string;
    readonly span: AddressSpan;
    readonly subnet: Subnet;
    readonly allocated: number;
  }[];
  readonly routers: readonly { readonly address: string }[];
  readonly allocations: readonly {
    readonly node: string;
    readonly admin: boolean;
    readonly address: string;
    readonly family: IpFamily;
  }[];
  /** Nodes that are on the network, or that wish for an address of it. */
  readonly members: readonly { readonly name: string; readonly bound: boolean; readonly hints: JsonObject }[];
  /** Where nodes are reached: all of them. */
  readonly reached: readonly { readonly node: string; readonly address: string }[];
  /** Ranges of other networks. */
  readonly others: readonly {
    readonly network: string;
    readonly link: string;
    readonly name: string;
    readonly span: AddressSpan;
  }[];
}

export const findConflicts = (facts: ConflictFacts): NetworkConflict[] => {
  const holders = new Map(facts.allocations.map((allocation) => [allocation.address, allocation]));
  const has = new Map<string, string[]>();
  for (const { node, address } of facts.allocations) has.set(node, [...(has.get(node) ?? []), address]);
  return [
    ...facts.members.flatMap((member) => ofMember(facts, member, holders, has.get(member.name) ?? [])),
    ...facts.reached.flatMap((one) => ofReached(facts, one, holders)),
    ...facts.routers.flatMap(({ address }) => ofRouter(facts, plainAddress(address) ?? address, holders)),
    ...ofSubnets(facts),
    ...facts.ranges.flatMap((range) => ofRange(facts, range)),
  ];
};

type Holders = ReadonlyMap<string, ConflictFacts['allocations'][number]>;

const conflict = (
  kind: NetworkConflictKind,
  detail: string,
  about: { readonly node?: string; readonly address?: string; readonly range?: string } = {},
): NetworkConflict => ({
  kind,
  detail,
  node: about.node ?? null,
  address: about.address ?? null,
  range: about.range ?? null,
});

const ofMember = (
  facts: ConflictFacts,
  member: ConflictFacts['members'][number],
  holders: Holders,
  mine: readonly string[],
): NetworkConflict[] => {
  const { name: network } = facts.network;
  const found = ([4, 6] as const).flatMap((family) => ofHint(facts, member, family, holders, mine));
  const gives = facts.network.configure && facts.ranges.some(({ name }) => /^(admin|host)(-v6)?$/.test(name));
  if (member.bound && gives && mine.length === 0)
    found.push(
      conflict(
        'no-address',
        `${member.name} is on network ${network} and has no address of it: \`anneal networks allocate ${network} ${member.name}\` gives it one.`,
        { node: member.name },
      ),
    );
  return found;
};

const ofHint = (
  facts: ConflictFacts,
  member: ConflictFacts['members'][number],
  family: IpFamily,
  holders: Holders,
  mine: readonly string[],
): NetworkConflict[] => {
  const hint: Json | undefined = member.hints[hintName(facts.network.name, family)];
  if (typeof hint !== 'string') return [];
  const text = plainAddress(hint);
  const address = text === null ? null : parseAddress(text);
  const about = { node: member.name, address: text ?? hint };
  const range = address && facts.ranges.find(({ span }) => spanHas(span, address));
  if (!text || !range || isPool(range.name))
    return [
      conflict(
        'hint-impossible',
        `${member.name} wishes for ${about.address}, and no range for nodes of network ${facts.network.name} has it: change the hint ${hintName(facts.network.name, family)}, or add a range.`,
        about,
      ),
    ];
  const holder = holders.get(text);
  if (holder && holder.node !== member.name)
    return [
      conflict(
        'hint-taken',
        `${member.name} wishes for ${text}, which ${holder.node} has: change the hint, or release the address there.`,
        about,
      ),
    ];
  if (holder || !mine.some((one) => parseAddress(one)?.family === family)) return [];
  return [
    conflict(
      'hint-not-followed',
      `${member.name} wishes for ${text} and has ${mine.join(', ')}: release that, and allocate again.`,
      about,
    ),
  ];
};

const ofReached = (
  { network, ranges }: ConflictFacts,
  { node, address: text }: { readonly node: string; readonly address: string },
  holders: Holders,
): NetworkConflict[] => {
  const address = parseAddress(text);
  const range = address && ranges.find(({ span }) => spanHas(span, address));
  if (!address || !range) return [];
  const holder = holders.get(plainAddress(text) ?? text);
  if (holder?.node === node) return [];
  if (!holder && isPool(range.name)) return [];
  return [
    conflict(
      'reached-elsewhere',
      holder
        ? `${node} is reached at ${text}, which ${holder.node} has on network ${network.name}: correct the address of one of them.`
        : `${node} is reached at ${text} of range ${range.name} of network ${network.name}, which it was not given: \`anneal networks allocate ${network.name} ${node} --address ${text}\` gives it to the node.`,
      { node, address: text, range: range.name },
    ),
  ];
};

const ofRouter = ({ network }: ConflictFacts, address: string, holders: Holders): NetworkConflict[] => {
  const holder = holders.get(address);
  if (!holder || holder.admin) return [];
  return [
    conflict(
      'router-allocated',
      `${holder.node} has ${address}, the address of the router of network ${network.name}: release it, unless that node is the router.`,
      { node: holder.node, address },
    ),
  ];
};

const ofSubnets = ({ network, ranges, others }: ConflictFacts): NetworkConflict[] => {
  const subnets = [...new Map(ranges.map(({ subnet }) => [formatSubnet(subnet), subnet])).values()];
  return subnets.flatMap((subnet) => {
    const all = spanOf(subnet);
    const across = others.filter(
      ({ link, span }) =>
        link !== network.link && span.family === all.family && span.first <= all.last && all.first <= span.last,
    );
    return across.map((other) =>
      conflict(
        'subnet-on-two-links',
        `range ${other.name} of network ${other.network} on link ${other.link} (${spanText(other.span)}) is in ${formatSubnet(subnet)}, which is on link ${network.link}: a node in one would not find the other. Give one network another subnet, or both the same link.`,
        { range: other.name },
      ),
    );
  });
};

const ofRange = ({ network }: ConflictFacts, range: ConflictFacts['ranges'][number]): NetworkConflict[] => {
  const size = range.span.last - range.span.first + 1n;
  if (isPool(range.name) || BigInt(range.allocated) < size) return [];
  return [
    conflict(
      'range-full',
      `all ${size} addresses of range ${range.name} of network ${network.name} are allocated: make it larger, or add another one.`,
      { range: range.name },
    ),
  ];
};
