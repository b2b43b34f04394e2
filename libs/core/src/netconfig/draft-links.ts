import { refuse, type Refusal } from '../base/refusal.js';
import { BOND_MODES, INTERFACE_NAME_MAX, type WantedAttachment } from './wanted.js';
import type { PlannedLinkKind } from './plan.js';
import type { PresentNetwork } from './present.js';

/** A link while the stack grows. */
export interface DraftLink {
  readonly name: string;
  readonly kind: PlannedLinkKind;
  readonly networks: Set<string>;
  master: string | null;
  readonly members: readonly string[];
  readonly bondMode: number | null;
  readonly vlan: { readonly id: number; readonly parent: string } | null;
  /** What each network wants of this link itself; what is above it may want more. */
  readonly mtus: Map<string, number>;
}

/**
 * The links of a node while attachments are added one by one: cards, a bond over several, a VLAN on either, a bridge over
 * any of them. Attachments that are made the same way share their links. What was named before keeps its name; a name or a
 * card that somebody else uses is refused, never taken.
 */
export class LinkDraft {
  readonly links = new Map<string, DraftLink>();

  constructor(private readonly present: PresentNetwork) {}

  /** Adds the links of one attachment and returns the uppermost, or says why they cannot be had. Adds nothing then. */
  attach(wanted: WantedAttachment, cards: readonly string[]): DraftLink | Refusal {
    const { network } = wanted;
    const added: DraftLink[] = [];
    const taken: DraftLink[] = [];
    const undo = (refusal: Refusal): Refusal => {
      for (const each of taken) each.master = null;
      for (const { name } of added) this.links.delete(name);
      return refusal;
    };
    const add = (link: DraftLink): DraftLink => {
      this.links.set(link.name, link);
      added.push(link);
      return link;
    };
    const used: DraftLink[] = cards.map((name) => this.links.get(name) ?? add(link(name, 'physical')));
    let top = used[0]!;

    if (wanted.bondMode !== null) {
      const bond = this.bond(wanted, cards, used);
      if ('refused' in bond) return undo(bond);
      if (this.links.get(bond.name) !== bond) add(bond);
      for (const member of used) {
        if (member.master === null) taken.push(member);
        member.master = bond.name;
      }
      used.push((top = bond));
    } else if (this.bondAbove(top)) {
      return undo(no(network, `wants ${top.name} alone, which is in the bond ${top.master}`, this.usersOf(top)));
    }
    if (wanted.vlan !== null) {
      const vlan = this.vlan(wanted, top);
      if ('refused' in vlan) return undo(vlan);
      if (this.links.get(vlan.name) !== vlan) add(vlan);
      used.push((top = vlan));
    }
    if (wanted.bridge) {
      const bridge = this.bridge(wanted, top);
      if ('refused' in bridge) return undo(bridge);
      if (this.links.get(bridge.name) !== bridge) add(bridge);
      if (top.master === null) taken.push(top);
      top.master = bridge.name;
      used.push((top = bridge));
    }
    if (wanted.mtu !== null) {
      // A network without a bridge of its own is on the bridge that another one puts over the same link.
      const carrier = this.topOf(top);
      const other = [...carrier.mtus].find(([, mtu]) => mtu !== wanted.mtu);
      if (other)
        return undo(no(network, `wants an MTU of ${wanted.mtu} on ${carrier.name}, which has ${other[1]}`, [other[0]]));
      carrier.mtus.set(network, wanted.mtu);
    }
    for (const each of used) each.networks.add(network);
    return top;
  }

  /** A card that no network uses, and that we look after all the same. */
  card(name: string): DraftLink {
    const known = this.links.get(name) ?? link(name, 'physical');
    this.links.set(name, known);
    return known;
  }

  /** The bridge or bond that a link has gone into, and what that has gone into; the link itself when it is in none. */
  topOf(of: DraftLink): DraftLink {
    for (let top = of; ;) {
      const master = top.master === null ? undefined : this.links.get(top.master);
      if (!master) return top;
      top = master;
    }
  }

  private bond(wanted: WantedAttachment, cards: readonly string[], members: readonly DraftLink[]): DraftLink | Refusal {
    const { network, bondMode } = wanted;
    const sorted = cards.toSorted();
    const same = [...this.links.values()].find(
      (each) => each.kind === 'bond' && equal(each.members.toSorted(), sorted),
    );
    if (same) {
      if (same.bondMode === bondMode) return same;
      const modes = `${BOND_MODES[bondMode!]}, and it is ${BOND_MODES[same.bondMode!]}`;
      return no(network, `wants the bond ${same.name} to be ${modes}`, same.networks);
    }
    const busy = members.find((member) => member.networks.size > 0 || member.master !== null);
    if (busy) return no(network, `wants ${busy.name} in a bond of ${cards.join(', ')}`, this.usersOf(busy));
    return { ...link(this.bondName(sorted), 'bond'), members: [...cards], bondMode };
  }

  /** What we called it before; else a bond with these members that is there; else an empty one; else the next free name. */
  private bondName(sorted: readonly string[]): string {
    const { links, before } = this.present;
    const ours = before?.links.find((each) => each.kind === 'bond' && equal(each.members.toSorted(), sorted));
    if (ours && !this.links.has(ours.name)) return ours.name;
    const bonds = links.filter((each) => each.kind === 'bond' && !this.links.has(each.name));
    const membersOf = (name: string): string[] => links.filter((each) => each.master === name).map((each) => each.name);
    const oursByName = new Set(before?.links.map((each) => each.name));
    const there =
      bonds.find(({ name }) => equal(membersOf(name).toSorted(), sorted)) ??
      bonds.find(({ name }) => !oursByName.has(name) && membersOf(name).length === 0);
    if (there) return there.name;
    const names = new Set([...this.links.keys(), ...links.map((each) => each.name), ...oursByName]);
    for (let number = 0; ; number += 1) if (!names.has(`bond${number}`)) return `bond${number}`;
  }

  private vlan(wanted: WantedAttachment, parent: DraftLink): DraftLink | Refusal {
    const id = wanted.vlan!;
    const drafted = [...this.links.values()].find((each) => each.vlan?.id === id && each.vlan.parent === parent.name);
    if (drafted) return drafted;
    const name = shortened(parent.name, `.${id}`);
    const there = this.present.links.find((each) => each.vlan?.id === id && each.vlan.parent === parent.name);
    if (there && there.name !== name && !this.isOurs(there.name))
      return no(wanted.network, `wants VLAN ${id} on ${parent.name}, where ${there.name} has it already`, [], REMOVE);
    return this.free(wanted, { ...link(name, 'vlan'), vlan: { id, parent: parent.name } });
  }

  private bridge(wanted: WantedAttachment, port: DraftLink): DraftLink | Refusal {
    const drafted = [...this.links.values()].find((each) => each.kind === 'bridge' && each.members[0] === port.name);
    if (drafted) return drafted;
    const before = this.present.before?.links.find((each) => each.kind === 'bridge' && each.members[0] === port.name);
    const byTag = wanted.vlan === null ? null : `br${wanted.vlan}`;
    const name = before?.name ?? (byTag !== null && !this.links.has(byTag) ? byTag : bridgeName(port.name));
    return this.free(wanted, { ...link(name, 'bridge'), members: [port.name] });
  }

  /** Refuses a name that is another's. */
  private free(wanted: WantedAttachment, made: DraftLink): DraftLink | Refusal {
    const drafted = this.links.get(made.name);
    if (drafted) return no(wanted.network, `needs an interface ${made.name} of its own`, drafted.networks);
    const there = this.present.links.find(({ name }) => name === made.name);
    if (!there || this.isOurs(made.name) || isSame(there, made)) return made;
    return no(wanted.network, `needs the name ${made.name} for an interface, which another has`, [], REMOVE);
  }

  private isOurs(name: string): boolean {
    return this.present.before?.links.some((each) => each.name === name && each.kind !== 'physical') ?? false;
  }

  private bondAbove(of: DraftLink): boolean {
    return of.master !== null && this.links.get(of.master)?.kind === 'bond';
  }

  private usersOf(of: DraftLink): ReadonlySet<string> {
    return of.networks.size > 0 ? of.networks : (this.links.get(of.master ?? '')?.networks ?? new Set());
  }
}

const REMOVE = 'remove it from the node, or give it another name';

const link = (name: string, kind: PlannedLinkKind): DraftLink => ({
  name,
  kind,
  networks: new Set(),
  master: null,
  members: [],
  bondMode: null,
  vlan: null,
  mtus: new Map(),
});

const isSame = (there: PresentNetwork['links'][number], made: DraftLink): boolean =>
  there.kind === made.kind && there.vlan?.id === made.vlan?.id && there.vlan?.parent === made.vlan?.parent;

/** Keeps the end of a name that would be too long: it is what tells cards of one make apart. */
const shortened = (name: string, suffix: string): string =>
  `${name.slice(Math.max(0, name.length + suffix.length - INTERFACE_NAME_MAX))}${suffix}`;

const bridgeName = (port: string): string => `br-${port.slice(-(INTERFACE_NAME_MAX - 3))}`;

const equal = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, at) => text === b[at]);

function no(network: string, wants: string, others: Iterable<string>, advice = ''): Refusal {
  const names = [...others].filter((name) => name !== network);
  const why = names.length > 0 ? ` and is used by the network ${names.join(', ')}` : '';
  return refuse(
    'conflict',
    `the network ${network} ${wants}${why}; ${advice || 'give one of them another conduit, VLAN or MTU'}`,
    { network, others: names },
  );
}
