import type { NetworkPlan, PlannedLink } from './plan.js';
import type { PresentNetwork } from './present.js';

/** What has to be done on a node to get from what we had configured there to a plan. Links are named bottom up. */
export interface NetworkDifference {
  /** Links whose configuration is new or another, and all that stand on them. */
  readonly changed: readonly string[];
  /** Links of ours that are no longer wanted, or have to be made anew; top down. Cards are never among them. */
  readonly destroyed: readonly string[];
  /** Cards that we let go of. */
  readonly released: readonly string[];
  /** Addresses that are ours and no longer wanted, or in the way, with the link they are on. */
  readonly dropped: readonly { readonly link: string; readonly address: string }[];
  /** Rules and routing tables of ours that are no longer wanted. */
  readonly droppedRules: readonly { readonly family: 4 | 6; readonly priority: number }[];
  readonly droppedRoutes: readonly {
    readonly family: 4 | 6;
    readonly destination: string;
    readonly via: string | null;
    readonly link: string;
    readonly table: number | null;
  }[];
}

/**
 * Compares a plan with what is recorded as ours and with what is there. Only what is recorded as ours is ever taken away;
 * beside that, addresses that DHCP gave to a link which is configured by us now.
 */
export function networkDifferenceOf(plan: NetworkPlan, present: PresentNetwork): NetworkDifference {
  const before = new Map((present.before?.links ?? []).map((link) => [link.name, link]));
  const after = new Map(plan.links.map((link) => [link.name, link]));
  const there = new Map(present.links.map((link) => [link.name, link]));

  const own = plan.links.filter((link) => {
    const old = before.get(link.name);
    return !old || text(old) !== text(link) || missing(link, present).length > 0;
  });
  const changed = closure(plan, new Set(own.map(({ name }) => name)));
  const remade = plan.links.filter((link) => {
    const old = before.get(link.name);
    return old !== undefined && link.kind !== 'physical' && there.has(link.name) && nature(old) !== nature(link);
  });
  const gone = [...before.values()].filter((link) => !after.has(link.name));
  const destroyed = [...gone.filter(({ kind }) => kind !== 'physical'), ...remade].map(({ name }) => name);

  const dropped = present.links.flatMap(({ name, addresses }) => {
    const old = before.get(name);
    const next = after.get(name);
    return addresses
      .filter(({ address, dynamic }) => {
        if (next?.addresses.some((planned) => planned.address === address)) return false;
        if (LINK_LOCAL.test(address)) return false;
        const ours = old?.addresses.some((each) => each.network !== null && each.address === address) ?? false;
        return ours || (next !== undefined && (dynamic || next.master !== null));
      })
      .map(({ address }) => ({ link: name, address }));
  });

  const rules = (links: Iterable<PlannedLink>): Map<string, { family: 4 | 6; priority: number }> =>
    new Map(
      [...links].flatMap((link) =>
        link.rules.map(({ family, priority, from, to }) => [
          `${family} ${priority} ${from} ${to}`,
          { family, priority },
        ]),
      ),
    );
  const routes = (links: Iterable<PlannedLink>): Map<string, NetworkDifference['droppedRoutes'][number]> =>
    new Map(
      [...links].flatMap((link) =>
        link.routes.map(({ family, destination, via, table }) => {
          const route = { family, destination, via, link: link.name, table };
          return [JSON.stringify(route), route];
        }),
      ),
    );
  return {
    changed: plan.links.filter(({ name }) => changed.has(name)).map(({ name }) => name),
    destroyed: orderTopDown(destroyed, present.before),
    released: gone.filter(({ kind }) => kind === 'physical').map(({ name }) => name),
    dropped,
    droppedRules: without(rules(before.values()), rules(plan.links)),
    droppedRoutes: without(routes(before.values()), routes(plan.links)),
  };
}

/** Whether nothing has to be done. */
export const isEmptyNetworkDifference = (difference: NetworkDifference): boolean =>
  Object.values(difference).every((list: readonly unknown[]) => list.length === 0);

/** What of a link is not there: its name, or its addresses with their link. */
function missing(link: PlannedLink, present: Pick<PresentNetwork, 'links'>): readonly string[] {
  const there = present.links.find(({ name }) => name === link.name);
  if (!there) return [link.name];
  const lacking = link.addresses
    .filter(({ address }) => !there.addresses.some((each) => each.address === address))
    .map(({ address }) => `${address} on ${link.name}`);
  return there.master === link.master ? lacking : [...lacking, `${link.name} in ${link.master ?? 'no bond or bridge'}`];
}

/** With each link all that stand on it: when a card goes down, so do they. */
function closure(plan: NetworkPlan, names: Set<string>): Set<string> {
  for (let grew = true; grew;) {
    grew = false;
    for (const link of plan.links) {
      const below = [...link.members, ...(link.vlan ? [link.vlan.parent] : [])];
      if (names.has(link.name) || !below.some((name) => names.has(name))) continue;
      names.add(link.name);
      grew = true;
    }
    // And a member of what is made anew has to be put into it again.
    for (const link of plan.links) {
      if (link.master === null || !names.has(link.master) || names.has(link.name)) continue;
      names.add(link.name);
      grew = true;
    }
  }
  return names;
}

/** What of a link the kernel cannot change while it exists. */
const nature = ({ kind, bondMode, vlan, members }: PlannedLink): string =>
  JSON.stringify([kind, bondMode, vlan, kind === 'bond' ? members : null]);

const text = (link: PlannedLink): string => JSON.stringify({ ...link, networks: null });

function orderTopDown(names: readonly string[], before: NetworkPlan | null): string[] {
  const order = new Map((before?.links ?? []).map(({ name }, at) => [name, at]));
  return names.toSorted((a, b) => (order.get(b) ?? 0) - (order.get(a) ?? 0));
}

function without<Value>(from: ReadonlyMap<string, Value>, kept: ReadonlyMap<string, Value>): Value[] {
  return [...from].filter(([key]) => !kept.has(key)).map(([, value]) => value);
}

const LINK_LOCAL = /^fe[89ab][0-9a-f]:/i;
