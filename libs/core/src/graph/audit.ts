import type { Edge, Graph, GraphDeployment, GraphNode, NodeRole } from './graph.js';

/**
 * Lists every invariant that a graph breaks. It is the second opinion on the rules: it reads plain fields, counts
 * everything anew, and shares no code with what decides, so that a mistake there is seen here and not repeated. It
 * expects a whole graph; in a slice, parents that were left out are reported as missing. It changes nothing and costs
 * time in proportion to noderoles and edges, so it may run beside a live system.
 */
export const audit = (graph: Graph): Finding[] => {
  const ledger = readLedger(graph);
  return [
    ...unknownReferences(graph, ledger),
    ...deployments(graph),
    ...eachNodeRole(graph, ledger),
    ...edges(graph, ledger),
    ...nodes(graph, ledger),
    ...cycles(graph, ledger),
  ];
};

export interface Finding {
  /** Stable word for programs, for example `unmet-differs`. */
  readonly code: FindingCode;
  /** What is wrong, by name. */
  readonly sentence: string;
  /** Ids of what it is about: noderoles, nodes or deployments. */
  readonly ids: readonly string[];
}

/** Every kind of finding, with the invariant that it says is broken. */
export const FINDINGS = {
  'unknown-reference': 'whatever a noderole or an edge names exists',
  'same-role-twice': 'a role is bound to a node once',
  'unmet-differs': '`unmet` is the number of parents, over edges that count, that are not active',
  'todo-without-parents': 'a noderole in todo has every parent active',
  'blocked-without-cause': 'a blocked noderole has a parent that is not active',
  'relies-on-lost-parent':
    'an active noderole, or one in error that may be retried, has parents that are active or run again',
  'active-on-dead-node': 'nothing on a dead node is active',
  'trusted-on-dead-node': 'a run on a dead node is doubted',
  'trusted-without-parents': 'a run whose parents are not all active is doubted',
  'transition-without-run': 'a noderole in transition is owned by a run',
  'run-without-transition': 'only a noderole in transition is owned by a run, doubted or a re-run',
  'doubted-rerun': 'a re-run that is doubted no longer carries its children',
  'proposed-but-changed': 'a proposed noderole is not waiting to be run again',
  'kept-without-waiting': 'only a noderole that waits for its node or its parents is kept as done',
  'destroys-again': 'a destructive noderole that was done never waits to be run again',
  'proposed-parent': 'no committed noderole but a blocked one has a proposed parent over an edge that counts',
  'pending-behind-committed': 'an edge stops being pending when its parent is committed',
  'cohort-too-small': 'a cohort is greater than the cohort of every parent',
  'two-runs-on-node': 'a node has one run at a time',
  'frozen-differs': '`frozen` is the number of noderoles in error whose role freezes its node',
  cycle: 'edges form no cycle',
  'deployment-tree': 'deployments form one tree below the system deployment',
  'system-not-committed': 'the system deployment is committed',
} as const;
export type FindingCode = keyof typeof FINDINGS;

/** What the checks look up: edges by their ends, noderoles by their node. */
interface Ledger {
  readonly edges: readonly Edge[];
  readonly above: ReadonlyMap<string, readonly Edge[]>;
  readonly onNode: ReadonlyMap<string, readonly NodeRole[]>;
  readonly name: (nodeRole: NodeRole) => string;
}

const readLedger = (graph: Graph): Ledger => {
  const ids = [...graph.nodeRoles.keys()];
  const fromNobody = ids.flatMap((id) => graph.edgesUp(id).filter(({ parentId }) => !graph.nodeRoles.has(parentId)));
  const edges = [...ids.flatMap((id) => graph.edgesDown(id)), ...fromNobody];
  const above = new Map<string, Edge[]>();
  for (const edge of edges) {
    const beside = above.get(edge.childId);
    if (beside) beside.push(edge);
    else above.set(edge.childId, [edge]);
  }
  const onNode = new Map<string, NodeRole[]>();
  for (const nodeRole of graph.nodeRoles.values()) {
    const beside = onNode.get(nodeRole.nodeId);
    if (beside) beside.push(nodeRole);
    else onNode.set(nodeRole.nodeId, [nodeRole]);
  }
  const name = ({ roleId, nodeId }: NodeRole): string =>
    `${graph.roles.get(roleId)?.name ?? roleId} on ${graph.nodes.get(nodeId)?.name ?? nodeId}`;
  return { edges, above, onNode, name };
};

const finding = (code: FindingCode, sentence: string, ...ids: string[]): Finding => ({ code, sentence, ids });

const unknownReferences = (graph: Graph, { name, edges }: Ledger): Finding[] => {
  const found: Finding[] = [];
  for (const nodeRole of graph.nodeRoles.values()) {
    const missing = [
      graph.nodes.has(nodeRole.nodeId) ? '' : 'node',
      graph.roles.has(nodeRole.roleId) ? '' : 'role',
      graph.deployments.has(nodeRole.deploymentId) ? '' : 'deployment',
    ].filter(Boolean);
    if (missing.length > 0)
      found.push(
        finding(
          'unknown-reference',
          `${name(nodeRole)} names a ${missing.join(' and a ')} that does not exist`,
          nodeRole.id,
        ),
      );
  }
  for (const { parentId, childId } of edges)
    for (const id of [parentId, childId])
      if (!graph.nodeRoles.has(id))
        found.push(
          finding(
            'unknown-reference',
            `an edge from ${parentId} to ${childId} has no noderole at ${id}`,
            parentId,
            childId,
          ),
        );
  return found;
};

const eachNodeRole = (graph: Graph, ledger: Ledger): Finding[] =>
  [...graph.nodeRoles.values()].flatMap((nodeRole) => oneNodeRole(graph, ledger, nodeRole));

const oneNodeRole = (graph: Graph, { above, name }: Ledger, nodeRole: NodeRole): Finding[] => {
  const { id, state } = nodeRole;
  const role = graph.roles.get(nodeRole.roleId);
  const node = graph.nodes.get(nodeRole.nodeId);
  const counted = (above.get(id) ?? []).filter((edge) => !edge.pending);
  const parents = counted.flatMap((edge) => graph.nodeRoles.get(edge.parentId) ?? []);
  const notActive = parents.filter((parent) => parent.state !== 'active');
  const lost = notActive.filter((parent) => !(parent.state === 'transition' && parent.rerun));
  const dead = node !== undefined && !node.alive && !node.system;
  const waitsForPerson = state === 'error' && role?.destructive === true;
  const found: Finding[] = [];
  const say = (code: FindingCode, sentence: string, ...others: NodeRole[]): void =>
    void found.push(finding(code, `${name(nodeRole)} ${sentence}`, id, ...others.map((other) => other.id)));
  const named = (list: readonly NodeRole[]): string =>
    list.map((other) => `${name(other)} is ${other.state}`).join(', ');

  if (nodeRole.unmet !== notActive.length)
    say(
      'unmet-differs',
      `counts ${nodeRole.unmet} parents that are not active; there are ${notActive.length}`,
      ...notActive,
    );
  if (state === 'todo' && notActive.length > 0)
    say('todo-without-parents', `is todo while ${named(notActive)}`, ...notActive);
  if (state === 'blocked' && notActive.length === 0)
    say('blocked-without-cause', 'is blocked while every parent is active');
  if ((state === 'active' || (state === 'error' && !waitsForPerson)) && lost.length > 0)
    say('relies-on-lost-parent', `is ${state} while ${named(lost)}`, ...lost);
  if (state === 'active' && dead) say('active-on-dead-node', `is active, but ${node.name} is not alive`);
  if (state === 'transition' && dead && !nodeRole.doubted)
    say('trusted-on-dead-node', `runs on ${node.name}, which is not alive, and is not doubted`);
  if (state === 'transition' && notActive.length > 0 && !nodeRole.doubted)
    say('trusted-without-parents', `runs and is not doubted while ${named(notActive)}`, ...notActive);
  if (state === 'transition' && nodeRole.runId === null)
    say('transition-without-run', 'is in transition, but no run owns it');
  if (state !== 'transition' && (nodeRole.runId !== null || nodeRole.doubted || nodeRole.rerun))
    say(
      'run-without-transition',
      `is ${state}, yet has ${[nodeRole.runId && 'a run', nodeRole.doubted && 'doubt', nodeRole.rerun && 'a re-run'].filter(Boolean).join(', ')}`,
    );
  if (nodeRole.doubted && nodeRole.rerun) say('doubted-rerun', 'is doubted and still carries its children');
  if (state === 'proposed' && nodeRole.dirty) say('proposed-but-changed', 'is proposed and waits to be run again');
  if (nodeRole.kept && state !== 'todo' && state !== 'blocked')
    say('kept-without-waiting', `is ${state}, and kept as done`);
  if (state === 'active' && nodeRole.dirty && role?.destructive)
    say('destroys-again', 'is destructive, done, and waits to be run again');
  return found;
};

const edges = (graph: Graph, ledger: Ledger): Finding[] => {
  const found: Finding[] = [];
  for (const edge of ledger.edges) {
    const parent = graph.nodeRoles.get(edge.parentId);
    const child = graph.nodeRoles.get(edge.childId);
    if (!parent || !child) continue;
    const pair = [parent.id, child.id] as const;
    const childMayWait =
      child.state === 'proposed' || child.state === 'blocked' || (child.state === 'transition' && child.doubted);
    const childWaitsForPerson = child.state === 'error' && graph.roles.get(child.roleId)?.destructive === true;
    if (!edge.pending && parent.state === 'proposed' && !childMayWait && !childWaitsForPerson)
      found.push(
        finding(
          'proposed-parent',
          `${ledger.name(child)} is ${child.state}, but its parent ${ledger.name(parent)} is proposed`,
          ...pair,
        ),
      );
    if (edge.pending && parent.state !== 'proposed')
      found.push(
        finding(
          'pending-behind-committed',
          `${ledger.name(parent)} is ${parent.state}, but its edge to ${ledger.name(child)} is pending`,
          ...pair,
        ),
      );
    if (child.cohort <= parent.cohort)
      found.push(
        finding(
          'cohort-too-small',
          `${ledger.name(child)} has cohort ${child.cohort}, its parent ${ledger.name(parent)} has ${parent.cohort}`,
          ...pair,
        ),
      );
  }
  return found;
};

const nodes = (graph: Graph, { onNode, name }: Ledger): Finding[] => {
  const found: Finding[] = [];
  const check = (node: GraphNode): void => {
    const here = onNode.get(node.id) ?? [];
    const running = here.filter(({ state }) => state === 'transition');
    const freezing = here.filter(
      ({ state, roleId }) => state === 'error' && graph.roles.get(roleId)?.onError === 'node',
    );
    if (running.length > 1)
      found.push(
        finding(
          'two-runs-on-node',
          `${node.name} has ${running.length} runs: ${running.map(name).join(', ')}`,
          ...running.map(({ id }) => id),
        ),
      );
    if (node.frozen !== freezing.length)
      found.push(
        finding(
          'frozen-differs',
          `${node.name} counts ${node.frozen} noderoles that freeze it; there are ${freezing.length}`,
          node.id,
          ...freezing.map(({ id }) => id),
        ),
      );
    const byRole = new Map<string, NodeRole>();
    for (const nodeRole of here) {
      const twin = byRole.get(nodeRole.roleId);
      if (twin) found.push(finding('same-role-twice', `${name(nodeRole)} is there twice`, twin.id, nodeRole.id));
      byRole.set(nodeRole.roleId, nodeRole);
    }
  };
  for (const node of graph.nodes.values()) check(node);
  return found;
};

/** What is left after taking away, again and again, whatever has no parent left, lies on a cycle or below one. */
const cycles = (graph: Graph, { edges, above, name }: Ledger): Finding[] => {
  const waitsFor = new Map<string, number>();
  const below = new Map<string, string[]>();
  for (const id of graph.nodeRoles.keys())
    waitsFor.set(id, (above.get(id) ?? []).filter(({ parentId }) => graph.nodeRoles.has(parentId)).length);
  for (const { parentId, childId } of edges) {
    const children = below.get(parentId);
    if (children) children.push(childId);
    else below.set(parentId, [childId]);
  }
  const free = [...waitsFor].filter(([, count]) => count === 0).map(([id]) => id);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    waitsFor.delete(id);
    for (const childId of below.get(id) ?? []) {
      const left = (waitsFor.get(childId) ?? 0) - 1;
      waitsFor.set(childId, left);
      if (left === 0) free.push(childId);
    }
  }
  const stuck = [...graph.nodeRoles.values()].filter(({ id }) => waitsFor.has(id));
  if (stuck.length === 0) return [];
  return [
    finding(
      'cycle',
      `these wait for one another, or for others that do: ${stuck.map(name).join(', ')}`,
      ...stuck.map(({ id }) => id),
    ),
  ];
};

const deployments = (graph: Graph): Finding[] => {
  const found: Finding[] = [];
  const all = [...graph.deployments.values()];
  const tops = all.filter(({ parentId }) => parentId === null);
  if (all.length > 0 && (tops.length !== 1 || !tops[0]?.system))
    found.push(
      finding(
        'deployment-tree',
        `one deployment, the system deployment, has no parent; these have none: ${tops.map(({ name }) => name).join(', ') || 'none'}`,
        ...tops.map(({ id }) => id),
      ),
    );
  for (const deployment of all) {
    if (deployment.system && deployment.state !== 'committed')
      found.push(
        finding(
          'system-not-committed',
          `${deployment.name} is the system deployment and is ${deployment.state}`,
          deployment.id,
        ),
      );
    if (deployment.system && deployment.parentId !== null)
      found.push(
        finding('deployment-tree', `${deployment.name} is the system deployment and has a parent`, deployment.id),
      );
    const problem = pathToTop(graph, deployment);
    if (problem) found.push(finding('deployment-tree', `${deployment.name} ${problem}`, deployment.id));
  }
  return found;
};

const pathToTop = (graph: Graph, start: GraphDeployment): string => {
  const seen = new Set<string>();
  for (let at: GraphDeployment | undefined = start; at;) {
    if (seen.has(at.id)) return 'lies on a circle of parents';
    seen.add(at.id);
    if (at.parentId === null) return '';
    const parent = graph.deployments.get(at.parentId);
    if (!parent) return `has a parent above it that does not exist (${at.parentId})`;
    at = parent;
  }
  return '';
};
