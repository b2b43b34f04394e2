import type { NodeRoleState } from '../noderole/states.js';

/**
 * What a node was at a moment of the past, out of what the history says around that moment. An event that changes something
 * says from what, so the last one before the moment and the first one after it tell the same; where the older part of the
 * history was forgotten, the one after it still does, and where neither is left, nothing has changed since. It says of a
 * moment what was true then, not who knew it.
 */

/** An event as the history keeps it; only those about one node are given. */
export interface PastEvent {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: string;
  readonly nodeRoleId: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
}

/** The node as it is now, and what is on it now. */
export interface PresentNode {
  readonly createdAt: number;
  readonly alive: boolean;
  readonly available: boolean;
  readonly nodeRoles: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: NodeRoleState;
    readonly createdAt: number;
  }[];
}

export interface NodeRoleThen {
  readonly id: string;
  readonly name: string;
  readonly state: NodeRoleState;
  /** Milliseconds since the epoch; null where that part of the history was forgotten. */
  readonly since: number | null;
}

export interface NodeThen {
  /** False for a moment before the node was there. */
  readonly there: boolean;
  readonly alive: boolean;
  readonly available: boolean;
  readonly state: NodeRoleState;
  readonly nodeRoles: readonly NodeRoleThen[];
}

/** The worst first: the state of a node is the first of these that one of its noderoles has. */
const PRECEDENCE: readonly NodeRoleState[] = ['error', 'transition', 'todo', 'blocked', 'proposed', 'active'];
const STATES: ReadonlySet<string> = new Set(PRECEDENCE);
const NODE_ROLE = 'node_role.';
const UNBOUND = 'node_role.unbound';

/** `events` need not be sorted, and may hold more than what is about states. */
export const nodeAt = (now: PresentNode, events: readonly PastEvent[], moment: number): NodeThen => {
  const sorted = [...events].sort((a, b) => a.seq - b.seq);
  const there = moment >= now.createdAt;
  const nodeRoles = there ? nodeRolesAt(now, sorted, moment) : [];
  return {
    there,
    alive: there && switchedAt(sorted, moment, 'node.alive', 'node.dead', now.alive),
    available: there && switchedAt(sorted, moment, 'node.available', 'node.unavailable', now.available),
    state: PRECEDENCE.find((state) => nodeRoles.some((each) => each.state === state)) ?? 'active',
    nodeRoles,
  };
};

const nodeRolesAt = (now: PresentNode, events: readonly PastEvent[], moment: number): NodeRoleThen[] => {
  const byId = new Map<string, PastEvent[]>();
  for (const event of events)
    if (event.nodeRoleId !== null && (stateIn(event) !== null || event.kind === UNBOUND))
      byId.set(event.nodeRoleId, [...(byId.get(event.nodeRoleId) ?? []), event]);
  const present = new Map(now.nodeRoles.map((nodeRole) => [nodeRole.id, nodeRole]));
  return [...new Set([...present.keys(), ...byId.keys()])].flatMap((id): NodeRoleThen[] => {
    const own = byId.get(id) ?? [];
    const today = present.get(id);
    const name = today?.name ?? nameIn(own) ?? id;
    const before = own.findLast(({ at }) => at <= moment);
    if (before?.kind === UNBOUND) return [];
    if (before) return [{ id, name, state: stateIn(before) as NodeRoleState, since: before.at }];
    const after = own.find(({ at }) => at > moment);
    if (after) {
      const { from } = after.data ?? {};
      return typeof from === 'string' && STATES.has(from)
        ? [{ id, name, state: from as NodeRoleState, since: null }]
        : [];
    }
    return today && today.createdAt <= moment ? [{ id, name, state: today.state, since: null }] : [];
  });
};

/** Which of two opposite events was true at the moment. */
const switchedAt = (events: readonly PastEvent[], moment: number, on: string, off: string, now: boolean): boolean => {
  const own = events.filter(({ kind }) => kind === on || kind === off);
  const before = own.findLast(({ at }) => at <= moment);
  if (before) return before.kind === on;
  const after = own.find(({ at }) => at > moment);
  return after ? after.kind === off : now;
};

const stateIn = ({ kind }: PastEvent): NodeRoleState | null => {
  const word = kind.startsWith(NODE_ROLE) ? kind.slice(NODE_ROLE.length) : '';
  return STATES.has(word) ? (word as NodeRoleState) : null;
};

const nameIn = (events: readonly PastEvent[]): string | null => {
  const { name } = events.find(({ kind }) => kind === UNBOUND)?.data ?? {};
  return typeof name === 'string' ? name : null;
};
