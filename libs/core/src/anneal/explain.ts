import type { DeploymentId, NodeId, NodeRoleId } from '../base/ids.js';
import type { Graph, NodeRole } from '../graph/graph.js';
import type { Cause, Moment } from './explain/cause.js';
import { movesFor } from './explain/moves.js';
import { RootFinder, type Trail } from './explain/roots.js';

/**
 * Says why something is not done (promise P6): the shortest chain of causes down to a root, and the commands that would
 * move it. Nothing here decides anything; it reads the same graph as the rules and asks them what keeps a noderole back.
 *
 * The slice must hold the noderole with all its ancestors and its children, and, for each of their nodes, the noderoles
 * there that are in error or in transition. Work is in proportion to the ancestors that are not active.
 */
export interface Explanation {
  /** One or two sentences for a person, without times. */
  readonly summary: string;
  /** From the noderole up to the root; empty when it waits for nothing. */
  readonly chain: readonly Cause[];
  /** What would still keep it from running once the chain is out of the way. */
  readonly also: readonly Cause[];
  /** Commands that would move it, the most useful first. */
  readonly moves: readonly string[];
}

/** Names of links that a summary spells out before it counts them. */
const LINKS_NAMED_MAX = 3;

export const explain = (graph: Graph, id: NodeRoleId, moment: Moment): Explanation =>
  explainWith(new RootFinder(graph, moment), graph, graph.nodeRole(id), moment);

const explainWith = (finder: RootFinder, graph: Graph, nodeRole: NodeRole, moment: Moment): Explanation => {
  const trail = finder.trailOf(nodeRole);
  if (!trail)
    return { summary: `${graph.nameOf(nodeRole.id)} is ACTIVE and waits for nothing.`, chain: [], also: [], moves: [] };
  const also = finder.besides(nodeRole, trail);
  const moves = [...trail.chain.slice().reverse(), ...also].flatMap((cause) => movesFor(graph, cause, moment));
  return { summary: summarize(graph, nodeRole, trail, also), chain: trail.chain, also, moves: [...new Set(moves)] };
};

const summarize = (graph: Graph, nodeRole: NodeRole, { chain }: Trail, also: readonly Cause[]): string => {
  const name = graph.nameOf(nodeRole.id);
  const said =
    nodeRole.state === 'active'
      ? `${name} is ACTIVE and to be run again`
      : `${name} is ${nodeRole.state.toUpperCase()}`;
  const root = chain[chain.length - 1] as Cause;
  const links = chain.slice(0, -1).filter(({ kind }) => kind === 'parent-not-active' || kind === 'parent-changed');
  const others = chain.slice(0, -1).filter((cause) => !links.includes(cause));
  const saysItself = chain.length === 1 && (root.kind === 'error' || root.kind === 'proposed');
  const first = saysItself ? '' : `${said}: `;
  const waits = links.length > 0 ? `it waits for ${listed(links.map((link) => link.name))}, and ` : '';
  const more = also.length > 0 ? ` Besides, ${also.map(({ sentence }) => sentence).join(', and ')}.` : '';
  return `${first}${waits}${[...others, root].map(({ sentence }) => sentence).join('; ')}.${more}`;
};

/** `A on n1`, or `B on n2 through A on n1`: the one that matters last is named first. */
const listed = (names: readonly string[]): string => {
  const [last, ...way] = [...names].reverse();
  if (way.length === 0) return last as string;
  const shown = way.reverse().slice(0, LINKS_NAMED_MAX);
  const rest = way.length > LINKS_NAMED_MAX ? ` and ${way.length - LINKS_NAMED_MAX} more` : '';
  return `${last}, through ${shown.join(', ')}${rest}`;
};

/** A root with all that it holds up. */
export interface FoldedRoot {
  readonly cause: Cause;
  /** How many noderoles it is named for, in the node or the deployment that was asked about. */
  readonly holdsUp: number;
  /** Names of the first few of them. */
  readonly examples: readonly string[];
  readonly moves: readonly string[];
}

export interface FoldedExplanation {
  readonly summary: string;
  /** Noderoles that are not done, and all. */
  readonly waiting: number;
  readonly total: number;
  /** Distinct roots: the kinds that need a person first, and among these the one that holds up most. */
  readonly roots: readonly FoldedRoot[];
}

/** How many of what a root holds up are named. */
const EXAMPLES_MAX = 3;

/** Why a node is not done. The slice is what `explain` needs, for each noderole of the node. */
export const explainNode = (graph: Graph, nodeId: NodeId, moment: Moment): FoldedExplanation =>
  fold(graph, graph.node(nodeId).name, ({ nodeId: on }) => on === nodeId, moment);

/** Why a deployment is not done. The slice is what `explain` needs, for each noderole of the deployment. */
export const explainDeployment = (graph: Graph, deploymentId: DeploymentId, moment: Moment): FoldedExplanation =>
  fold(graph, graph.deployment(deploymentId).name, (nodeRole) => nodeRole.deploymentId === deploymentId, moment);

const fold = (
  graph: Graph,
  name: string,
  belongs: (nodeRole: NodeRole) => boolean,
  moment: Moment,
): FoldedExplanation => {
  const finder = new RootFinder(graph, moment);
  const roots = new Map<string, { trail: Trail; cause: Cause; held: NodeRole[] }>();
  let [waiting, total] = [0, 0];
  for (const nodeRole of graph.nodeRoles.values()) {
    if (!belongs(nodeRole)) continue;
    total += 1;
    const trail = finder.trailOf(nodeRole);
    if (!trail) continue;
    waiting += 1;
    const cause = trail.chain[trail.chain.length - 1] as Cause;
    const key = keyOf(cause);
    const known = roots.get(key);
    if (known) known.held.push(nodeRole);
    else roots.set(key, { trail, cause, held: [nodeRole] });
  }
  const folded = [...roots.values()]
    .sort(
      (a, b) => a.trail.rank - b.trail.rank || b.held.length - a.held.length || (a.cause.name < b.cause.name ? -1 : 1),
    )
    .map(({ cause, held }): FoldedRoot => {
      const examples = held.map(({ id }) => graph.nameOf(id)).sort();
      return {
        cause,
        holdsUp: held.length,
        examples: examples.slice(0, EXAMPLES_MAX),
        moves: movesFor(graph, cause, moment),
      };
    });
  return { summary: foldedSummary(name, waiting, total, folded), waiting, total, roots: folded };
};

/** Causes that are the same for everybody they hold up are one root. */
const keyOf = (cause: Cause): string =>
  cause.kind === 'cap-reached' || cause.kind === 'next-pass'
    ? cause.kind
    : `${cause.kind} ${cause.nodeRoleId ?? cause.nodeId ?? cause.deploymentId}`;

const foldedSummary = (name: string, waiting: number, total: number, roots: readonly FoldedRoot[]): string => {
  const [first] = roots;
  if (!first)
    return `${name} waits for nothing: ${total === 0 ? 'nothing is bound there' : 'everything there is active'}.`;
  const others =
    roots.length > 1
      ? ` There ${roots.length === 2 ? 'is one other cause' : `are ${roots.length - 1} other causes`}.`
      : '';
  return `${waiting} of ${total} noderoles of ${name} are not done; ${first.holdsUp} of these because ${first.cause.sentence}.${others}`;
};
