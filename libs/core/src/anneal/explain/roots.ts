import type { NodeId } from '../../base/ids.js';
import type { Graph, GraphDeployment, NodeRole } from '../../graph/graph.js';
import { hindrances, type Hindrance } from '../eligible.js';
import { rankOf, type Cause, type CauseKind, type Moment } from './cause.js';

/** The best way from a noderole up to a root: links first, the root last. */
export interface Trail {
  readonly chain: readonly Cause[];
  readonly rank: number;
}

/**
 * Finds what something waits for in the end. Each noderole is looked at once, however many rest on it, so that explaining
 * a whole deployment costs no more than walking up what is not active in it.
 *
 * A root of a kind that ranks before others wins; among equals the one with the shortest chain, then by name. The choice
 * does not depend on ids.
 */
export class RootFinder {
  private readonly trails = new Map<string, Trail>();
  private frozenBy: ReadonlyMap<NodeId, readonly NodeRole[]> | null = null;
  private busyWith: ReadonlyMap<NodeId, readonly NodeRole[]> | null = null;

  constructor(
    private readonly graph: Graph,
    private readonly moment: Moment,
  ) {}

  /** Null when it waits for nothing: it is active, and its inputs have not changed. */
  trailOf(nodeRole: NodeRole): Trail | null {
    if (nodeRole.state === 'active' && !nodeRole.dirty) return null;
    const known = this.trails.get(nodeRole.id);
    if (known) return known;
    const trail = this.find(nodeRole);
    this.trails.set(nodeRole.id, trail);
    return trail;
  }

  /** What else would keep it from running, once what the trail says is out of the way. */
  besides(nodeRole: NodeRole, trail: Trail): Cause[] {
    if (nodeRole.state !== 'todo' && nodeRole.state !== 'blocked' && nodeRole.state !== 'active') return [];
    const told = new Set(trail.chain.map(({ kind, name }) => `${kind} ${name}`));
    const blamed = new Set(trail.chain.map(({ nodeRoleId }) => nodeRoleId));
    const frozenByOthers = this.freezing(nodeRole).some(({ id }) => !blamed.has(id));
    return this.hindrancesOf(nodeRole)
      .filter((hindrance) => hindrance !== trail.chain[0]?.kind && hindrance !== 'node-busy')
      .filter((hindrance) => hindrance !== 'node-frozen' || frozenByOthers)
      .map((hindrance) => this.causeOf(nodeRole, hindrance))
      .filter(({ kind, name }) => !told.has(`${kind} ${name}`));
  }

  private find(nodeRole: NodeRole): Trail {
    switch (nodeRole.state) {
      case 'error':
        return root(this.error(nodeRole));
      case 'transition':
        return root(this.run(nodeRole));
      case 'proposed':
        return root(this.proposed(nodeRole));
      case 'blocked':
        return this.above(nodeRole);
      case 'todo':
      case 'active':
        return this.waiting(nodeRole);
      default:
        return nodeRole.state satisfies never;
    }
  }

  /** The best trail that goes through a parent which is not active. */
  private above(nodeRole: NodeRole): Trail {
    const missing = this.graph
      .edgesUp(nodeRole.id)
      .filter((edge) => !edge.pending)
      .flatMap((edge) => this.graph.nodeRoles.get(edge.parentId) ?? [])
      .filter((parent) => parent.state !== 'active');
    const best = missing.map((parent) => this.through(nodeRole, parent)).sort(comesFirst)[0];
    return best ?? root(this.parentUnknown(nodeRole));
  }

  private through(nodeRole: NodeRole, parent: NodeRole): Trail {
    const further = this.trailOf(parent);
    const link = this.cause(
      'parent-not-active',
      parent,
      `${this.name(nodeRole)} waits for ${this.name(parent)}, which is ${word(parent.state)}`,
    );
    return further ? { chain: [link, ...further.chain], rank: further.rank } : root(link);
  }

  /** It wants a run, and something keeps it from being handed one. */
  private waiting(nodeRole: NodeRole): Trail {
    const first = this.hindrancesOf(nodeRole)[0];
    if (first === 'parent-not-active') return this.above(nodeRole);
    if (first !== undefined) {
      const cause = this.causeOf(nodeRole, first);
      return { chain: [cause, ...this.behind(nodeRole, first)], rank: rankOf(first) };
    }
    const { cap, running } = this.moment;
    if (running >= cap)
      return root(this.cause('cap-reached', nodeRole, `all ${cap} runs that may go on at once are going on`));
    return root(
      this.cause('next-pass', nodeRole, `${this.name(nodeRole)} may run, and is handed a run when its turn comes`),
    );
  }

  private hindrancesOf(nodeRole: NodeRole): Exclude<Hindrance, 'not-wanted'>[] {
    const busy = this.runningOn(nodeRole) !== undefined;
    const found = hindrances(this.graph, nodeRole, { now: this.moment.now, busy });
    return found.filter((hindrance) => hindrance !== 'not-wanted');
  }

  /** Who stands behind a hindrance, where that is another noderole. */
  private behind(nodeRole: NodeRole, hindrance: Hindrance): readonly Cause[] {
    const other = this.otherBehind(nodeRole, hindrance);
    return other ? (this.trailOf(other)?.chain ?? []) : [];
  }

  private otherBehind(nodeRole: NodeRole, hindrance: Hindrance): NodeRole | undefined {
    switch (hindrance) {
      case 'node-frozen':
        return this.freezing(nodeRole)[0];
      case 'node-busy':
        return this.runningOn(nodeRole);
      case 'parent-changed':
        return this.graph.parents(nodeRole.id).find(({ dirty }) => dirty);
      case 'child-in-transition':
        return this.graph.children(nodeRole.id).find(({ state }) => state === 'transition');
      default:
        return undefined;
    }
  }

  private causeOf(nodeRole: NodeRole, hindrance: Exclude<Hindrance, 'not-wanted'>): Cause {
    const node = this.graph.node(nodeRole.nodeId);
    const deployment = this.graph.deployment(nodeRole.deploymentId);
    const name = this.name(nodeRole);
    const ofNode = (sentence: string, state: string): Cause => ({
      kind: hindrance,
      name: node.name,
      state,
      sentence,
      nodeId: node.id,
    });
    const other = this.otherBehind(nodeRole, hindrance);
    switch (hindrance) {
      case 'deployment-not-committed':
        return notCommitted(deployment);
      case 'parent-not-active':
        return this.above(nodeRole).chain[0] as Cause;
      case 'node-not-alive':
        return ofNode(`${node.name} is not alive`, 'dead');
      case 'node-not-available':
        return ofNode(`${node.name} is not available: an operator does not let us work on it`, 'unavailable');
      case 'node-frozen': {
        const culprits = this.freezing(nodeRole).map((culprit) => this.name(culprit));
        const who =
          culprits.length > 0
            ? culprits.join(' and ')
            : `${node.frozen === 1 ? 'a noderole' : `${node.frozen} noderoles`} of it`;
        return ofNode(`${node.name} is frozen by ${who}`, 'frozen');
      }
      case 'held-by-rollout':
        return this.cause(hindrance, nodeRole, this.heldSentence(nodeRole));
      case 'switched-off':
        return this.cause(hindrance, nodeRole, `${name} is switched off`);
      case 'too-early': {
        const after = nodeRole.status ? ` (${nodeRole.status})` : '';
        return {
          ...this.cause(hindrance, nodeRole, `${name} is tried again later${after}`),
          until: nodeRole.notBefore as number,
        };
      }
      case 'parent-changed':
        return this.cause(
          hindrance,
          other as NodeRole,
          `${name} is run again after ${this.name(other as NodeRole)}, which changed too`,
        );
      case 'child-in-transition':
        return this.cause(
          hindrance,
          other as NodeRole,
          `${name} is run again when ${this.name(other as NodeRole)}, which relies on it, has ended`,
        );
      case 'node-busy':
        return ofNode(`${node.name} is busy with ${this.name(other as NodeRole)}`, 'busy');
      default:
        return hindrance satisfies never;
    }
  }

  private error(nodeRole: NodeRole): Cause {
    const what = nodeRole.status ? `: ${nodeRole.status}` : '';
    return this.cause('error', nodeRole, `${this.name(nodeRole)} is in ERROR${what}`);
  }

  private run(nodeRole: NodeRole): Cause {
    const note = this.moment.runs?.get(nodeRole.id);
    const name = this.name(nodeRole);
    const [kind, sentence] = (
      {
        queued: ['run-queued', `a run of ${name} is queued and has not begun`],
        waiting: ['run-waiting', `${name} ${note?.waitsFor ?? 'waits for its node to report back'}`],
        running: ['run-in-flight', `a run of ${name} is going on`],
      } as const
    )[note?.state ?? 'running'];
    return {
      ...this.cause(kind, nodeRole, sentence),
      ...(note?.since ? { since: note.since } : {}),
      ...(note?.deadline ? { until: note.deadline } : {}),
      ...(note?.worker ? { worker: note.worker } : {}),
    };
  }

  private proposed(nodeRole: NodeRole): Cause {
    const deployment = this.graph.deployment(nodeRole.deploymentId);
    const where = deployment.state === 'committed' ? '' : `, and neither is its deployment ${deployment.name}`;
    return {
      ...this.cause('proposed', nodeRole, `${this.name(nodeRole)} is proposed and not committed${where}`),
      deploymentId: deployment.id,
    };
  }

  private heldSentence(nodeRole: NodeRole): string {
    const rollout = this.moment.rollouts?.get(nodeRole.deploymentId);
    const name = this.name(nodeRole);
    if (!rollout) return `${name} is kept for a later wave of a rollout`;
    const where = `wave ${rollout.wave} of ${rollout.waves}`;
    const why = rollout.reason ? `: ${rollout.reason}` : '';
    if (rollout.state === 'running') return `${name} is kept for a later wave of the rollout, which is at ${where}`;
    return `${name} is kept for a later wave of the rollout, which is ${rollout.state} at ${where}${why}`;
  }

  /** The slice ends below what it waits for: whoever loaded it left out ancestors. */
  private parentUnknown(nodeRole: NodeRole): Cause {
    return this.cause(
      'parent-not-active',
      nodeRole,
      `${this.name(nodeRole)} waits for ${nodeRole.unmet} of its parents`,
    );
  }

  private cause(kind: CauseKind, nodeRole: NodeRole, sentence: string): Cause {
    const { id, nodeId, deploymentId, state } = nodeRole;
    return { kind, name: this.name(nodeRole), state, sentence, nodeRoleId: id, nodeId, deploymentId };
  }

  private name(nodeRole: NodeRole): string {
    return this.graph.nameOf(nodeRole.id);
  }

  /** Noderoles that freeze the node, by name. */
  private freezing({ nodeId }: NodeRole): readonly NodeRole[] {
    if (this.graph.node(nodeId).frozen === 0) return [];
    this.frozenBy ??= byNode(
      this.graph.nodeRoles.values(),
      ({ state, roleId }) => state === 'error' && this.graph.role(roleId).onError === 'node',
    );
    const found = this.frozenBy.get(nodeId) ?? [];
    return [...found].sort((a, b) => (this.name(a) < this.name(b) ? -1 : 1));
  }

  private runningOn({ nodeId }: NodeRole): NodeRole | undefined {
    this.busyWith ??= byNode(this.mayRun(), ({ state }) => state === 'transition');
    return this.busyWith.get(nodeId)?.[0];
  }

  /** There are few open runs, and a slice may be large. */
  private mayRun(): Iterable<NodeRole> {
    const { runs } = this.moment;
    return runs ? [...runs.keys()].flatMap((id) => this.graph.nodeRoles.get(id) ?? []) : this.graph.nodeRoles.values();
  }
}

const byNode = (nodeRoles: Iterable<NodeRole>, wanted: (nodeRole: NodeRole) => boolean): Map<NodeId, NodeRole[]> => {
  const found = new Map<NodeId, NodeRole[]>();
  for (const nodeRole of nodeRoles) {
    if (!wanted(nodeRole)) continue;
    const list = found.get(nodeRole.nodeId);
    if (list) list.push(nodeRole);
    else found.set(nodeRole.nodeId, [nodeRole]);
  }
  return found;
};

const root = (cause: Cause): Trail => ({ chain: [cause], rank: rankOf(cause.kind) });

const word = (state: string): string => state.toUpperCase();

const notCommitted = ({ id, name, state }: GraphDeployment): Cause => ({
  kind: 'deployment-not-committed',
  name,
  state,
  sentence: `deployment ${name} is not committed, so nothing in it starts`,
  deploymentId: id,
});

export const comesFirst = (a: Trail, b: Trail): number => {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.chain.length !== b.chain.length) return a.chain.length - b.chain.length;
  const [wayA, wayB] = [namesOf(a), namesOf(b)];
  return wayA === wayB ? 0 : wayA < wayB ? -1 : 1;
};

/** The root first, then the way to it. */
const namesOf = ({ chain }: Trail): string =>
  [...chain]
    .reverse()
    .map(({ name }) => name)
    .join('\n');
