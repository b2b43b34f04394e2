/**
 * Roles that wait for each other in a circle can never run. Found over every kind of edge that a barclamp can write, and
 * printed with the line of each edge, because the one to remove is seldom the one that was written last.
 */
import type { Place, ProblemList } from '../problem.js';

/** `child` waits for `parent`. */
export interface RoleEdge {
  readonly child: string;
  readonly parent: string;
  /** How it was written: `a requires b`, `b attaches a`. */
  readonly because: string;
  readonly at: Place;
}

/** Reports one shortest circle out of each knot of roles. */
export function checkCycles(edges: readonly RoleEdge[], problems: ProblemList): void {
  const byChild = new Map<string, RoleEdge[]>();
  for (const edge of edges) {
    const known = byChild.get(edge.child);
    if (known) known.push(edge);
    else byChild.set(edge.child, [edge]);
  }
  const reported = new Set<string>();
  for (const role of byChild.keys()) {
    if (reported.has(role)) continue;
    const circle = shortestCircle(role, byChild);
    if (!circle) continue;
    for (const member of knotOf(role, byChild)) reported.add(member);
    const path = [role, ...circle.map((edge) => edge.parent)].join(' → ');
    const lines = circle.map((edge) => `${edge.because} (${edge.at.file}:${edge.at.line})`).join('; ');
    problems.error(circle[0]!.at, 'cycle', `these roles wait for each other: ${path}`, `remove one of: ${lines}`);
  }
}

/** Breadth first along parents from `start` back to `start`. */
function shortestCircle(start: string, byChild: ReadonlyMap<string, readonly RoleEdge[]>): RoleEdge[] | undefined {
  const cameBy = new Map<string, RoleEdge>();
  let frontier = [start];
  while (frontier.length > 0) {
    const next: string[] = [];
    for (const role of frontier) {
      for (const edge of byChild.get(role) ?? []) {
        if (edge.parent === start) return [...walkBack(role, start, cameBy), edge];
        if (cameBy.has(edge.parent)) continue;
        cameBy.set(edge.parent, edge);
        next.push(edge.parent);
      }
    }
    frontier = next;
  }
  return undefined;
}

function walkBack(from: string, start: string, cameBy: ReadonlyMap<string, RoleEdge>): RoleEdge[] {
  const path: RoleEdge[] = [];
  for (let role = from; role !== start; role = path[0]!.child) path.unshift(cameBy.get(role)!);
  return path;
}

/** Every role that `start` reaches and that reaches it: a strongly connected component, by its plain definition. */
function knotOf(start: string, byChild: ReadonlyMap<string, readonly RoleEdge[]>): Set<string> {
  const reachable = reach(start, (role) => (byChild.get(role) ?? []).map((edge) => edge.parent));
  const byParent = new Map<string, string[]>();
  for (const edges of byChild.values()) {
    for (const { child, parent } of edges) byParent.set(parent, [...(byParent.get(parent) ?? []), child]);
  }
  const reaching = reach(start, (role) => byParent.get(role) ?? []);
  return new Set([...reachable].filter((role) => reaching.has(role)));
}

function reach(start: string, next: (role: string) => readonly string[]): Set<string> {
  const seen = new Set([start]);
  const open = [start];
  while (open.length > 0) {
    for (const role of next(open.pop()!)) {
      if (!seen.has(role)) {
        seen.add(role);
        open.push(role);
      }
    }
  }
  return seen;
}
