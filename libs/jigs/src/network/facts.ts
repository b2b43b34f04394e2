import {
  readNetworkPlan,
  type ConfigFamily,
  type NetworkCard,
  type NetworkInventory,
  type PresentLink,
  type PresentNetwork,
  type PresentRoute,
  type Resolver,
} from '#core';

/** What a node has told of itself. */
export interface NodeFacts {
  /** What configures the network there; null: nothing that we know. */
  readonly family: ConfigFamily | null;
  readonly resolver: Resolver;
  /** It runs the discovery system, from memory. */
  readonly inDiscovery: boolean;
  readonly inventory: NetworkInventory;
  readonly present: PresentNetwork;
  /** Files that are recorded as ours, with the digest they have now; null when one is gone. */
  readonly files: ReadonlyMap<string, string | null>;
  /** A change that waits to be confirmed: how far it has come, and which. */
  readonly pending: { readonly phase: string; readonly id: string } | null;
  /** The last change, when the node undid it because it did not come about: which, and how many seconds ago. */
  readonly undone: { readonly id: string; readonly ago: number } | null;
}

/** Reads the lines of `gather`; words are parted by tabs. A line of a kind that is not known is passed over. */
export function readFacts(text: string): NodeFacts {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const all = (kind: string): string[][] => lines.filter(([first]) => first === kind).map(([, ...rest]) => rest);
  const [before] = all('before');
  const [pending] = all('pending');
  const [undone] = all('undone');
  const [phase = '', id = ''] = pending?.[0]?.split(' ') ?? [];
  const product = all('product')[0]?.[0] ?? '';
  const addresses = all('address');
  return {
    family: familyOf(all('service')),
    resolver: all('resolver')[0]?.[0] === 'file' ? 'file' : 'links',
    inDiscovery: all('discovery').length > 0,
    inventory: { product: product === '' ? null : product, interfaces: all('card').map(readCard) },
    present: {
      links: all('link').map((words) => readLink(words, addresses)),
      routes: all('route').map(readRoute),
      before: before ? readNetworkPlan(before.join('\t')) : null,
    },
    files: new Map(all('file').map(([path = '', digest = '-']) => [path, digest === '-' ? null : digest])),
    pending: pending ? { phase, id } : null,
    undone: undone ? { id: undone[1]?.split(' ')[1] ?? '', ago: Number(undone[0]) || 0 } : null,
  };
}

/**
 * What is at work counts before what is only installed. Of several at work the one comes first that takes the others'
 * place where it is used; ifupdown has no process of its own, so it counts as installed.
 */
function familyOf(services: readonly string[][]): ConfigFamily | null {
  const states = new Map(services.map(([name = '', state = '']) => [name, state]));
  const order: readonly ConfigFamily[] = ['wicked', 'network-manager', 'networkd', 'ifupdown'];
  const is = (family: ConfigFamily, state: string): boolean => states.get(family) === state;
  const daemons = order.filter((family) => family !== 'ifupdown');
  return (
    daemons.find((family) => is(family, 'active')) ??
    (is('ifupdown', 'active') || is('ifupdown', 'installed') ? 'ifupdown' : undefined) ??
    daemons.toReversed().find((family) => is(family, 'installed')) ??
    null
  );
}

const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

function readCard([name = '', mac = '', bus, port, speeds, driver, model]: string[]): NetworkCard {
  return {
    name,
    mac: mac.toLowerCase(),
    busPath: orNull(bus),
    port: Number(port) || 0,
    speeds: [...new Set((speeds ?? '').split(',').map(Number))].filter((speed) => speed > 0).sort((a, b) => a - b),
    driver: orNull(driver),
    model: orNull(model),
  };
}

const KINDS = new Set(['physical', 'bond', 'vlan', 'bridge']);

function readLink([name = '', kind = '', master, tag, parent]: string[], addresses: readonly string[][]): PresentLink {
  return {
    name,
    kind: KINDS.has(kind) ? (kind as PresentLink['kind']) : 'other',
    master: orNull(master),
    vlan: tag && parent ? { id: Number(tag), parent } : null,
    addresses: addresses
      .filter(([device]) => device === name)
      .map(([, address = '', dynamic]) => ({ address, dynamic: dynamic === '1' })),
  };
}

const readRoute = ([destination = '', via = '', device = '', dynamic]: string[]): PresentRoute => ({
  destination,
  via,
  device,
  dynamic: dynamic === '1',
});
