import type { CauseKind, Explanation, Graph, NodeRole } from '#core';
import { edgesOf } from '#testkit';

/**
 * A second opinion on explanations, for property tests: it tries every way up through every edge, and reads each cause off
 * the plain fields. It is slow, and shares nothing with what it checks but types.
 */
export interface Facts {
  readonly graph: Graph;
  readonly now: number;
  readonly cap: number;
  readonly running: number;
}

/** What needs a person comes first. */
const BLAME: readonly CauseKind[] = [
  'error',
  'node-frozen',
  'node-not-alive',
  'node-not-available',
  'deployment-not-committed',
  'proposed',
  'switched-off',
  'held-by-rollout',
  'run-waiting',
  'run-in-flight',
  'run-queued',
  'too-early',
  'node-busy',
  'child-in-transition',
  'cap-reached',
  'next-pass',
];

/** What is wrong with an explanation; empty when it is true, complete, and no better one exists. */
export const flawsOf = (facts: Facts, nodeRole: NodeRole, { chain, summary, also }: Explanation): string[] => {
  const done = nodeRole.state === 'active' && !nodeRole.dirty;
  if (done) return chain.length === 0 ? [] : ['something that waits for nothing has causes'];
  if (chain.length === 0) return ['something that is not done has no cause'];
  if (summary.length === 0) return ['the summary is empty'];
  const flaws = [
    ...falseLinks(facts, nodeRole, chain),
    ...also.filter(({ kind }) => !holds(facts, nodeRole, kind)).map(({ kind }) => `besides, ${kind} is not true`),
  ];
  const best = ways(facts, nodeRole).sort((a, b) => a.blame - b.blame || a.length - b.length)[0];
  const links = chain.filter(({ kind }) => kind === 'parent-not-active' || kind === 'parent-changed').length;
  const first = chain[links]?.kind;
  if (!best) return [...flaws, 'no way leads up, yet there is a chain'];
  if (first !== BLAME[best.blame]) flaws.push(`the cause is ${String(BLAME[best.blame])}, not ${String(first)}`);
  if (links !== best.length) flaws.push(`the shortest way has ${best.length} links, not ${links}`);
  return flaws;
};

const parentsOf = ({ graph }: Facts, nodeRole: NodeRole): NodeRole[] =>
  edgesOf(graph).flatMap((edge) =>
    edge.childId === nodeRole.id && !edge.pending ? graph.nodeRole(edge.parentId) : [],
  );
const childrenOf = ({ graph }: Facts, nodeRole: NodeRole): NodeRole[] =>
  edgesOf(graph).flatMap((edge) => (edge.parentId === nodeRole.id ? graph.nodeRole(edge.childId) : []));
const beside = ({ graph }: Facts, nodeRole: NodeRole): NodeRole[] =>
  [...graph.nodeRoles.values()].filter(({ nodeId }) => nodeId === nodeRole.nodeId);

/** Whether a cause of this kind is true of a noderole. */
const holds = (facts: Facts, nodeRole: NodeRole, kind: CauseKind): boolean => {
  const { graph, now, cap, running } = facts;
  const node = graph.node(nodeRole.nodeId);
  const wants = nodeRole.state === 'todo' || (nodeRole.state === 'active' && nodeRole.dirty);
  switch (kind) {
    case 'error':
      return nodeRole.state === 'error';
    case 'proposed':
      return nodeRole.state === 'proposed';
    case 'run-in-flight':
    case 'run-queued':
    case 'run-waiting':
      return nodeRole.state === 'transition';
    case 'deployment-not-committed':
      return graph.deployment(nodeRole.deploymentId).state === 'proposed';
    case 'node-not-alive':
      return !node.alive && !node.system;
    case 'node-not-available':
      return !node.available;
    case 'node-frozen':
      return beside(facts, nodeRole).some(
        ({ state, roleId }) => state === 'error' && graph.role(roleId).onError === 'node',
      );
    case 'switched-off':
      return !nodeRole.available;
    case 'held-by-rollout':
      return nodeRole.held;
    case 'too-early':
      return nodeRole.notBefore !== null && nodeRole.notBefore > now;
    case 'node-busy':
      return beside(facts, nodeRole).some(({ state }) => state === 'transition');
    case 'child-in-transition':
      return nodeRole.state === 'active' && childrenOf(facts, nodeRole).some(({ state }) => state === 'transition');
    case 'parent-changed':
      return nodeRole.state === 'active' && parentsOf(facts, nodeRole).some(({ dirty }) => dirty);
    case 'parent-not-active':
      return parentsOf(facts, nodeRole).some(({ state }) => state !== 'active');
    case 'cap-reached':
      return wants && running >= cap;
    case 'next-pass':
      return wants && running < cap;
    default:
      return kind satisfies never;
  }
};

/** The order in which a noderole that wants a run tells what keeps it back. */
const HINDRANCES: readonly CauseKind[] = [
  'deployment-not-committed',
  'parent-not-active',
  'node-not-alive',
  'node-not-available',
  'node-frozen',
  'held-by-rollout',
  'switched-off',
  'too-early',
  'parent-changed',
  'child-in-transition',
  'node-busy',
  'cap-reached',
  'next-pass',
];

/** Every way from a noderole up to a root: how many links it has, and how much its root is to blame. */
const ways = (facts: Facts, nodeRole: NodeRole): { blame: number; length: number }[] => {
  const further = (parents: readonly NodeRole[]) =>
    parents.flatMap((parent) => ways(facts, parent)).map(({ blame, length }) => ({ blame, length: length + 1 }));
  const waits = nodeRole.state === 'todo' || nodeRole.state === 'active';
  const kinds = waits ? HINDRANCES : (['error', 'proposed', 'run-in-flight'] as const);
  const kind = nodeRole.state === 'blocked' ? 'parent-not-active' : kinds.find((each) => holds(facts, nodeRole, each));
  if (kind === undefined) return [];
  if (kind === 'parent-not-active')
    return further(parentsOf(facts, nodeRole).filter(({ state }) => state !== 'active'));
  if (kind === 'parent-changed') return further(parentsOf(facts, nodeRole).filter(({ dirty }) => dirty));
  return [{ blame: BLAME.indexOf(kind), length: 0 }];
};

const falseLinks = (facts: Facts, start: NodeRole, chain: Explanation['chain']): string[] => {
  const flaws: string[] = [];
  let at = start;
  for (const { kind, nodeRoleId } of chain) {
    const named = nodeRoleId ? facts.graph.nodeRole(nodeRoleId) : at;
    const say = (flaw: string) => void flaws.push(`${kind} of ${facts.graph.nameOf(named.id)}: ${flaw}`);
    switch (kind) {
      case 'parent-not-active':
        if (named.state === 'active' || !parentsOf(facts, at).includes(named))
          say(`it is no missing parent of ${facts.graph.nameOf(at.id)}`);
        at = named;
        break;
      case 'parent-changed':
        if (!named.dirty || !parentsOf(facts, at).includes(named))
          say(`it is no changed parent of ${facts.graph.nameOf(at.id)}`);
        at = named;
        break;
      case 'child-in-transition':
        if (named.state !== 'transition' || !childrenOf(facts, at).includes(named)) say('it is no child that runs');
        at = named;
        break;
      case 'error':
      case 'run-in-flight':
        // Behind a frozen or a busy node stands another noderole of that node.
        if (named.nodeId !== at.nodeId || !holds(facts, named, kind)) say('it is not so');
        break;
      default:
        if (named !== at || !holds(facts, at, kind)) say('it is not so');
    }
  }
  return flaws;
};
