import { invariant } from '../base/invariant.js';
import type { NodeRoleId } from '../base/ids.js';
import { roleNeeds, type RoleOrder } from './cycles.js';
import type { Graph } from './graph.js';

/**
 * Cohorts: how far something stands from a root, by the longest way. They put work, hooks and columns in order; whether
 * something may run never rests on them. A cohort only grows: taking a parent away leaves it as it is, which is still a
 * right order.
 */

/**
 * The highest cohort there may be. A ripple calls itself once for each step down a chain, so that this bounds its depth;
 * the longest chain of the default roles is twelve.
 */
export const COHORT_MAX = 1_000;

/**
 * The longest distance of every vertex, at least its `floor`, or null when the vertices form a circle. Children outside
 * of `vertices` are passed over. Takes time in proportion to vertices and edges.
 */
export const longestPaths = <Key>(
  vertices: Iterable<Key>,
  childrenOf: (key: Key) => Iterable<Key>,
  floor: (key: Key) => number = () => 0,
): Map<Key, number> | null => {
  const length = new Map<Key, number>();
  const waitsFor = new Map<Key, number>();
  for (const key of vertices) {
    length.set(key, floor(key));
    waitsFor.set(key, 0);
  }
  for (const key of waitsFor.keys())
    for (const child of childrenOf(key)) {
      const count = waitsFor.get(child);
      if (count !== undefined) waitsFor.set(child, count + 1);
    }
  const settled: Key[] = [];
  for (const [key, count] of waitsFor) if (count === 0) settled.push(key);
  // `settled` grows while it is read: a vertex joins once all of its parents have been passed.
  for (const key of settled) {
    const next = (length.get(key) as number) + 1;
    for (const child of childrenOf(key)) {
      const count = waitsFor.get(child);
      if (count === undefined) continue;
      if (next > (length.get(child) as number)) length.set(child, next);
      waitsFor.set(child, count - 1);
      if (count === 1) settled.push(child);
    }
  }
  return settled.length === length.size ? length : null;
};

/** The cohort of every role, by name. The caller has refused cycles (`refuseRoleCycle`); a role not imported yet counts as a root. */
export const roleCohorts = (roles: Iterable<RoleOrder>): Map<string, number> => {
  const needs = roleNeeds(roles);
  const children = new Map<string, string[]>();
  for (const [name, parents] of needs)
    for (const parent of parents) {
      const list = children.get(parent);
      if (list) list.push(name);
      else children.set(parent, [name]);
    }
  const cohorts = longestPaths(new Set([...needs.keys(), ...children.keys()]), (name) => children.get(name) ?? []);
  invariant(cohorts, 'cohorts were asked for among roles that require each other in a circle');
  return cohorts;
};

/** The cohort of every noderole of a graph, worked out from its edges alone. */
export const nodeRoleCohorts = (graph: Graph): Map<NodeRoleId, number> => {
  const cohorts = longestPaths(graph.nodeRoles.keys(), (id) => graph.edgesDown(id).map((edge) => edge.childId));
  invariant(cohorts, 'the graph of noderoles has a circle');
  return cohorts;
};

/** `from` and everything below it. */
export const descendantsOf = <Key>(from: Iterable<Key>, childrenOf: (key: Key) => Iterable<Key>): Set<Key> => {
  const found = new Set<Key>(from);
  for (const key of found) for (const child of childrenOf(key)) found.add(child);
  return found;
};

/**
 * What becomes of cohorts when `id` gets a parent of cohort `parentCohort`: the new values of those that grow, itself
 * and descendants. The new edge must close no circle.
 */
export const raiseCohorts = (graph: Graph, id: NodeRoleId, parentCohort: number): Map<NodeRoleId, number> => {
  const raised = new Map<NodeRoleId, number>();
  if (graph.nodeRole(id).cohort > parentCohort) return raised;
  const childrenOf = (key: NodeRoleId): NodeRoleId[] => graph.edgesDown(key).map((edge) => edge.childId);
  const below = descendantsOf([id], childrenOf);
  const cohorts = longestPaths(below, childrenOf, (key) =>
    key === id ? parentCohort + 1 : graph.nodeRole(key).cohort,
  );
  invariant(cohorts, `the graph below noderole ${id} has a circle`);
  for (const [key, cohort] of cohorts) if (cohort !== graph.nodeRole(key).cohort) raised.set(key, cohort);
  return raised;
};
