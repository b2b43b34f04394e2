import { isRefusal, refuse, type Refusal } from '../base/refusal.js';
import { formatAddress, parseAddress, parseInterfaceAddress } from '../network/address.js';
import { formatSubnet, parseSubnet, sameSubnet, subnetHas, subnetOf, type Subnet } from '../network/subnet.js';
import { LinkDraft, type DraftLink } from './draft-links.js';
import type { NetworkInventory } from './inventory.js';
import { compareNames, orderCards, type InterfaceMap } from './order-cards.js';
import {
  defaultDestination,
  familyOf,
  isDefaultRoute,
  type NetworkPlan,
  type PlannedAddress,
  type PlannedLink,
  type PlannedRoute,
  type PlannedRule,
} from './plan.js';
import type { PresentNetwork } from './present.js';
import { resolveConduit } from './resolve-conduit.js';
import type { WantedAttachment } from './wanted.js';

export interface PlanInput {
  readonly wanted: readonly WantedAttachment[];
  readonly inventory: NetworkInventory;
  readonly maps?: readonly InterfaceMap[];
  readonly present: PresentNetwork;
  /** Networks that are on the node already: where two want what only one can have, these keep it. */
  readonly established?: ReadonlySet<string>;
}

/** Why a network is not in the plan. */
export interface PlanProblem {
  readonly network: string;
  readonly refusal: Refusal;
}

export interface Planned {
  readonly plan: NetworkPlan;
  readonly problems: readonly PlanProblem[];
  /** The cards that each conduit means here; for networks on the management controller none. */
  readonly conduits: Readonly<Record<string, readonly string[]>>;
}

/** Tables below those that the kernel has names for (253 default, 254 main, 255 local), counted down. */
const FIRST_TABLE = 252;
/** Above the rules that people write by hand (they begin below 32766 and go down), below nothing of ours. */
const RULE_PRIORITY_BASE = 20_000;

/**
 * Works out what a node's network is to look like. Links are shared by the networks that are made the same way; addresses
 * sit on the uppermost link, because what goes into a bond or bridge hands its addresses to it. That holds for addresses
 * that were there before us as well: only those that DHCP or a router gave are let go.
 *
 * A network that cannot be had is left out whole and told of; the others stand.
 */
export function planNetwork(input: PlanInput): Planned {
  const cards = orderCards(input.inventory, input.maps);
  const draft = new LinkDraft(input.present);
  const problems: PlanProblem[] = [];
  const conduits: Record<string, readonly string[]> = {};
  const placed: Placed[] = [];

  for (const [network, wants] of inOrder(input)) {
    const trial = place(wants, { cards, draft, placed, conduits });
    if (isRefusal(trial)) problems.push({ network, refusal: trial });
    else placed.push(...trial);
  }
  const tables = numberTables(placed, input.present.before);
  return { plan: { format: 1, links: finish(draft, placed, tables, input.present), tables }, problems, conduits };
}

/** An attachment and the link that carries it, as far as the stack has grown. */
interface Placed {
  readonly wanted: WantedAttachment;
  readonly link: DraftLink;
  readonly subnet: Subnet;
}

interface Site {
  readonly cards: ReturnType<typeof orderCards>;
  readonly draft: LinkDraft;
  readonly placed: readonly Placed[];
  readonly conduits: Record<string, readonly string[]>;
}

/** Networks that are established first, then the simpler ones, then by name: whatever the order they were given in. */
function inOrder({ wanted, established }: PlanInput): [string, WantedAttachment[]][] {
  const byNetwork = new Map<string, WantedAttachment[]>();
  for (const each of wanted.map(canonicalAttachment))
    byNetwork.set(each.network, [...(byNetwork.get(each.network) ?? []), each]);
  const rank = (network: string): number => (established?.has(network) ? 0 : 1);
  const weight = (wants: readonly WantedAttachment[]): number =>
    Math.max(...wants.map(({ vlan, bridge }) => (vlan === null ? 0 : 1) + (bridge ? 1 : 0)));
  return [...byNetwork]
    .map(([network, wants]): [string, WantedAttachment[]] => [
      network,
      wants.toSorted((a, b) => familyOf(a.address) - familyOf(b.address) || compareText(a.address, b.address)),
    ])
    .sort(([a, wantsA], [b, wantsB]) => rank(a) - rank(b) || weight(wantsA) - weight(wantsB) || compareText(a, b));
}

/** Puts all attachments of one network in their places; nothing of it stays when one cannot be had. */
function place(wants: readonly WantedAttachment[], site: Site): Placed[] | Refusal {
  const checked: { wanted: WantedAttachment; cards: readonly string[]; subnet: Subnet }[] = [];
  for (const wanted of wants) {
    const conduit = resolveConduit(wanted.conduit, site.cards);
    if (isRefusal(conduit))
      return refuse(conduit.code, `the network ${wanted.network}: ${conduit.detail}`, conduit.fields);
    const cards = conduit.kind === 'bmc' ? [] : conduit.cards;
    site.conduits[wanted.conduit] = cards;
    const subnet = checkAddresses(wanted);
    if (isRefusal(subnet)) return subnet;
    // The management controller has its own port and its own settings.
    if (cards.length > 0) checked.push({ wanted, cards, subnet });
  }
  const mine: Placed[] = [];
  for (const { wanted, cards, subnet } of checked) {
    const link = site.draft.attach(wanted, cards);
    if (isRefusal(link)) return abandon(site.draft, wanted.network, link);
    const clash = [...site.placed, ...mine].find(
      (other) => sameSubnet(other.subnet, subnet) && site.draft.topOf(other.link).name !== site.draft.topOf(link).name,
    );
    if (clash)
      return abandon(
        site.draft,
        wanted.network,
        refuse(
          'conflict',
          `the network ${wanted.network} has ${formatSubnet(subnet)} on ${link.name}, and ${clash.wanted.network} has the same subnet on ${clash.link.name}: answers would leave by either; give one of them another subnet or the same conduit`,
          { network: wanted.network, others: [clash.wanted.network] },
        ),
      );
    mine.push({ wanted, link, subnet });
  }
  return mine;
}

/** Takes a network's links away again where it alone uses them. */
function abandon(draft: LinkDraft, network: string, why: Refusal): Refusal {
  for (const link of draft.links.values()) {
    link.networks.delete(network);
    link.mtus.delete(network);
  }
  const gone = new Set([...draft.links.values()].filter(({ networks }) => networks.size === 0).map(({ name }) => name));
  for (const name of gone) draft.links.delete(name);
  for (const link of draft.links.values()) if (link.master !== null && gone.has(link.master)) link.master = null;
  return why;
}

function checkAddresses(wanted: WantedAttachment): Subnet | Refusal {
  const parsed = parseInterfaceAddress(wanted.address);
  if (!parsed)
    return refuse('invalid', `the network ${wanted.network}: ${wanted.address} is no address with a prefix length`);
  const subnet = subnetOf(parsed.address, parsed.prefixLength);
  const ways = [...(wanted.router ? [wanted.router.address] : []), ...wanted.routes.map(({ via }) => via)];
  for (const way of ways) {
    const address = parseAddress(way);
    // A router may be known by its link-local address, which is on every link.
    if (address && (subnetHas(subnet, address) || LINK_LOCAL.test(way))) continue;
    return refuse(
      'invalid',
      `the network ${wanted.network}: the router ${way} is not in ${formatSubnet(subnet)}, so ${wanted.address} cannot reach it; correct the router or the range`,
      { network: wanted.network },
    );
  }
  for (const { destination } of wanted.routes)
    if (!parseSubnet(destination))
      return refuse('invalid', `the network ${wanted.network}: ${destination} is no subnet that a route could lead to`);
  return subnet;
}

const DOMAIN = /^[A-Za-z0-9_]([-A-Za-z0-9_.]{0,252})$/;
const LINK_LOCAL = /^fe[89ab][0-9a-f]:/i;

/** A name keeps its number for as long as the node has it. */
function numberTables(placed: readonly Placed[], before: NetworkPlan | null): Record<string, number> {
  const names = [...new Set(placed.flatMap(({ wanted }) => wanted.policyTable ?? []))].sort(compareText);
  const tables: Record<string, number> = {};
  for (const name of names) if (before?.tables[name] !== undefined) tables[name] = before.tables[name];
  const used = new Set(Object.values(tables));
  let next = FIRST_TABLE;
  for (const name of names) {
    if (tables[name] !== undefined) continue;
    while (used.has(next)) next -= 1;
    used.add((tables[name] = next));
  }
  return Object.fromEntries(names.map((name) => [name, tables[name]!]));
}

interface Content {
  readonly addresses: PlannedAddress[];
  readonly routes: PlannedRoute[];
  readonly rules: PlannedRule[];
  readonly nameServers: Set<string>;
  readonly searchDomains: Set<string>;
}

/** Puts addresses and routes on the uppermost links, and writes all links down from the bottom up. */
function finish(
  draft: LinkDraft,
  placed: readonly Placed[],
  tables: Readonly<Record<string, number>>,
  present: PresentNetwork,
): PlannedLink[] {
  const contents = new Map<string, Content>();
  const contentOf = (link: DraftLink): Content => {
    const { name } = draft.topOf(link);
    const known = contents.get(name);
    if (known) return known;
    const made: Content = {
      addresses: [],
      routes: [],
      rules: [],
      nameServers: new Set(),
      searchDomains: new Set(),
    };
    contents.set(name, made);
    return made;
  };

  const defaults = chooseDefaults(placed);
  for (const each of placed) {
    const content = contentOf(each.link);
    const { wanted, subnet } = each;
    const family = familyOf(wanted.address);
    content.addresses.push({ address: wanted.address, network: wanted.network, range: wanted.range, keptFrom: null });
    const route = (destination: string, via: string | null, table: number | null = null): void =>
      addOnce(content.routes, { family, destination, via, table, keptFrom: null });
    if (defaults.includes(each)) route(defaultDestination(family), wanted.router!.address);
    for (const { destination, via } of wanted.routes) route(destination, via);
    if (wanted.policyTable !== null) {
      const table = tables[wanted.policyTable]!;
      const host = wanted.address.slice(0, wanted.address.indexOf('/'));
      route(formatSubnet(subnet), null, table);
      if (wanted.router) route(defaultDestination(family), wanted.router.address, table);
      const rule = { family, table, priority: RULE_PRIORITY_BASE + table };
      content.rules.push({ ...rule, from: host, to: null }, { ...rule, from: null, to: host });
    }
    // These go into files as they stand.
    for (const server of wanted.nameServers) if (parseAddress(server)) content.nameServers.add(plain(server));
    if (DOMAIN.test(wanted.domain)) content.searchDomains.add(wanted.domain);
  }
  keep(draft, contentOf, present, placed);

  const rank = { physical: 0, bond: 1, vlan: 2, bridge: 3 } as const;
  return [...draft.links.values()]
    .sort((a, b) => rank[a.kind] - rank[b.kind] || compareNames(a.name, b.name))
    .map((link) => {
      const content = contents.get(link.name);
      return {
        name: link.name,
        kind: link.kind,
        networks: [...link.networks].sort(compareText),
        master: link.master,
        members: link.members,
        bondMode: link.bondMode,
        vlan: link.vlan,
        mtu: mtuOf(draft, link),
        addresses: (content?.addresses ?? []).toSorted(compareAddresses),
        routes: (content?.routes ?? []).toSorted(compareRoutes),
        rules: (content?.rules ?? []).toSorted(compareRules),
        nameServers: [...(content?.nameServers ?? [])],
        searchDomains: [...(content?.searchDomains ?? [])],
      };
    });
}

/** One default route a family: the lowest preference, and of equals the first by name. */
function chooseDefaults(placed: readonly Placed[]): readonly Placed[] {
  return ([4, 6] as const).flatMap((family) => {
    const [best] = placed
      .filter(({ wanted }) => wanted.router !== null && familyOf(wanted.address) === family)
      .sort(
        (a, b) =>
          a.wanted.router!.preference - b.wanted.router!.preference ||
          compareText(a.wanted.network, b.wanted.network) ||
          compareText(a.wanted.address, b.wanted.address),
      );
    return best ?? [];
  });
}

/** What was on the cards before us, and was put there by hand, stays with whatever has taken the card's place. */
function keep(
  draft: LinkDraft,
  contentOf: (link: DraftLink) => Content,
  present: PresentNetwork,
  placed: readonly Placed[],
): void {
  const wanted = new Set(placed.map(({ wanted: { address } }) => canonical(address)));
  const ours = new Set(
    present.before?.links.flatMap(({ addresses }) =>
      addresses.filter(({ network }) => network !== null).map(({ address }) => canonical(address)),
    ),
  );
  const add = (card: string, address: string): void => {
    const link = draft.links.get(card);
    if (!link || wanted.has(canonical(address))) return;
    wanted.add(canonical(address));
    contentOf(link).addresses.push({ address, network: null, range: null, keptFrom: card });
  };
  const addRoute = (card: string, route: Omit<PlannedRoute, 'keptFrom' | 'table' | 'family'>): void => {
    const link = draft.links.get(card);
    if (!link || route.via === null) return;
    const taken = [...draft.links.values()].some((each) =>
      contentOf(each).routes.some(({ destination, table }) => table === null && destination === route.destination),
    );
    const gateway = parseAddress(route.via);
    const reachable = contentOf(link).addresses.some(({ address }) => {
      const parsed = parseInterfaceAddress(address);
      return parsed !== null && gateway !== null && subnetHas(subnetOf(parsed.address, parsed.prefixLength), gateway);
    });
    if (!taken && reachable)
      contentOf(link).routes.push({ family: familyOf(route.via), ...route, table: null, keptFrom: card });
  };

  for (const { addresses } of present.before?.links ?? [])
    for (const { address, keptFrom } of addresses) {
      if (keptFrom === null) continue;
      // It was handed to what is no more, perhaps: the card gets it back.
      if (present.links.some(({ name }) => name === keptFrom)) draft.card(keptFrom);
      add(keptFrom, address);
    }
  for (const link of present.links) {
    if (link.kind !== 'physical') continue;
    for (const { address, dynamic } of link.addresses)
      if (!dynamic && !LINK_LOCAL.test(address) && !ours.has(canonical(address))) add(link.name, address);
  }
  for (const { routes } of present.before?.links ?? [])
    for (const { keptFrom, destination, via } of routes)
      if (keptFrom !== null) addRoute(keptFrom, { destination, via });
  const oursRoutes = new Set(
    present.before?.links.flatMap(({ routes }) => routes.map(({ destination, via }) => `${destination} ${via}`)),
  );
  for (const { destination, via, device, dynamic } of present.routes)
    if (!dynamic && !oursRoutes.has(`${destination} ${via}`)) addRoute(device, { destination, via });
}

/** What is above a link cannot send more than the link itself. */
function mtuOf(draft: LinkDraft, link: DraftLink): number | null {
  const above = [...draft.links.values()].filter(
    (other) => other.name === link.master || other.vlan?.parent === link.name,
  );
  const all = [...link.mtus.values(), ...above.map((other) => mtuOf(draft, other))].filter((mtu) => mtu !== null);
  return all.length === 0 ? null : Math.max(...all);
}

/** As the kernel writes addresses: what is wanted is compared with what is there by its text. */
function canonicalAttachment(wanted: WantedAttachment): WantedAttachment {
  return {
    ...wanted,
    address: canonical(wanted.address),
    router: wanted.router && { ...wanted.router, address: plain(wanted.router.address) },
    routes: wanted.routes.map(({ destination, via }) => ({ destination: canonical(destination), via: plain(via) })),
  };
}

function plain(address: string): string {
  const parsed = parseAddress(address);
  return parsed ? formatAddress(parsed) : address;
}

/** One text for one address. */
function canonical(address: string): string {
  const parsed = parseInterfaceAddress(address);
  return parsed ? `${formatAddress(parsed.address)}/${parsed.prefixLength}` : address;
}

function addOnce(routes: PlannedRoute[], route: PlannedRoute): void {
  const same = routes.some(
    ({ destination, table, family }) =>
      destination === route.destination && table === route.table && family === route.family,
  );
  if (!same) routes.push(route);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Addresses of networks before those that were found. */
const compareAddresses = (a: PlannedAddress, b: PlannedAddress): number =>
  Number(a.network === null) - Number(b.network === null) ||
  familyOf(a.address) - familyOf(b.address) ||
  compareText(a.address, b.address);

/** The main table first; in a table what is on the link before what goes through it. */
const compareRoutes = (a: PlannedRoute, b: PlannedRoute): number =>
  a.family - b.family ||
  (a.table ?? 0) - (b.table ?? 0) ||
  Number(a.via !== null) - Number(b.via !== null) ||
  Number(isDefaultRoute(b)) - Number(isDefaultRoute(a)) ||
  compareText(a.destination, b.destination);

const compareRules = (a: PlannedRule, b: PlannedRule): number =>
  a.family - b.family ||
  a.table - b.table ||
  Number(a.from === null) - Number(b.from === null) ||
  compareText(a.from ?? a.to ?? '', b.from ?? b.to ?? '');
