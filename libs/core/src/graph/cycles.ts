import { refuse, type Refusal } from '../base/refusal.js';

/**
 * Finds what must not be: things that wait for each other in a circle. An answer is always the path, because "there is a
 * cycle" helps nobody. Equal graphs give equal answers, in whatever order their parts were read.
 */

/**
 * A cycle in what `keys` need, as a path that ends where it begins (`a`, `b`, `a`: a needs b, b needs a), or null.
 * Takes time in proportion to keys and needs; does not recurse, so that a long chain is no danger.
 */
export const findCycle = <Key extends string>(
  keys: Iterable<Key>,
  needs: (key: Key) => Iterable<Key>,
): Key[] | null => {
  const finished = new Set<Key>();
  for (const start of [...keys].sort()) {
    if (finished.has(start)) continue;
    const path = [{ key: start, rest: inOrder(needs(start)), at: 0 }];
    const onPath = new Set<Key>([start]);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest[top.at++];
      if (next === undefined) {
        path.pop();
        onPath.delete(top.key);
        finished.add(top.key);
      } else if (onPath.has(next)) {
        const keysOnPath = path.map((step) => step.key);
        return [...keysOnPath.slice(keysOnPath.indexOf(next)), next];
      } else if (!finished.has(next)) {
        path.push({ key: next, rest: inOrder(needs(next)), at: 0 });
        onPath.add(next);
      }
    }
  }
  return null;
};

/** Each once: what is named a thousand times is looked at once. */
const inOrder = <Key extends string>(keys: Iterable<Key>): readonly Key[] => [...new Set(keys)].sort();

/** A shortest way from `from` to `to`, both included, or null when there is none. */
export const findPath = <Key extends string>(from: Key, to: Key, next: (key: Key) => Iterable<Key>): Key[] | null => {
  const cameFrom = new Map<Key, Key | null>([[from, null]]);
  for (const [key] of cameFrom) {
    if (key === to) {
      const path: Key[] = [];
      for (let at: Key | null = key; at !== null; at = cameFrom.get(at) ?? null) path.unshift(at);
      return path;
    }
    for (const other of next(key)) if (!cameFrom.has(other)) cameFrom.set(other, key);
  }
  return null;
};

/** What a role says about the order among roles, by name. Names that nobody owns yet are allowed. */
export interface RoleOrder {
  readonly name: string;
  /** Roles that come before this one. */
  readonly requires: readonly string[];
  /** Roles that come after this one, where both are bound to a node. */
  readonly precedes?: readonly string[];
}

/** For each role the names it waits for: what it requires, and what precedes it. */
export const roleNeeds = (roles: Iterable<RoleOrder>): Map<string, Set<string>> => {
  const needs = new Map<string, Set<string>>();
  const of = (name: string): Set<string> => {
    let names = needs.get(name);
    if (!names) needs.set(name, (names = new Set()));
    return names;
  };
  for (const role of roles) {
    for (const name of role.requires) of(role.name).add(name);
    for (const name of role.precedes ?? []) of(name).add(role.name);
    of(role.name);
  }
  return needs;
};

/** A circle among roles as a path of names, `a`, `b`, `a`, or null. */
export const findRoleCycle = (roles: Iterable<RoleOrder>): string[] | null => {
  const needs = roleNeeds(roles);
  return findCycle(needs.keys(), (name) => needs.get(name) ?? []);
};

/** Refuses a set of roles that could never be put in order. */
export const refuseRoleCycle = (roles: Iterable<RoleOrder>): Refusal | null => {
  const path = findRoleCycle(roles);
  if (!path) return null;
  return refuse(
    'cycle',
    `the roles wait for each other in a circle: ${path.join(' → ')}. Take one of these requirements out.`,
    { path },
  );
};
