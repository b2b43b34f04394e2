import { isRefusal, type Refusal } from '../base/refusal.js';
import type { DeploymentId, NodeId, NodeRoleId, RoleId } from '../base/ids.js';
import { forecast } from '../anneal/forecast.js';
import { GraphDraft } from '../graph/draft.js';
import { Graph, type NodeRole } from '../graph/graph.js';
import { isDone } from '../noderole/decide.js';
import { unbindNodeRoles } from '../noderole/unbind.js';
import type { ChangedNodeRoles } from './changed.js';
import { commitDeployment } from './decide.js';
import { planWaves } from './waves.js';

/**
 * Says what a commit would do before it is done. It is carried out, by the function that carries out commits, on a draft
 * that nobody saves; what follows is played out on the same draft. So what is previewed is what happens, as long as runs
 * succeed and nobody does anything else meanwhile.
 */
export interface PreviewOptions {
  readonly changes: Pick<ChangedNodeRoles, 'changed' | 'notRerun'>;
  /** Noderoles to be unbound along with the commit, where a wish as a whole is previewed (`anneal diff`). */
  readonly unbind?: readonly NodeRoleId[];
  readonly rollout?: {
    readonly size: number;
    readonly pauseMs?: number;
    readonly zones?: ReadonlyMap<NodeId, string>;
    readonly apart?: boolean;
  };
  /** Noderoles to be kept back until somebody lets them go. */
  readonly held?: ReadonlySet<NodeRoleId>;
  /** Past runs by role: the middle of their lengths, in milliseconds. */
  readonly durations: ReadonlyMap<RoleId, number>;
  readonly cap: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** All lists in order of cohort, then id, unless they say otherwise. */
export interface Preview {
  /** Proposed noderoles that become committed. */
  readonly added: readonly NodeRoleId[];
  /** Noderoles that go, children before their parents. */
  readonly removed: readonly NodeRoleId[];
  /** Noderoles that have run and run again, since an input changed. */
  readonly rerun: readonly NodeRoleId[];
  /** Destructive noderoles whose input changed and that are left alone. */
  readonly notRerun: readonly NodeRoleId[];
  /** Noderoles, of this deployment or others, that become blocked, and run again once their new parents are active. */
  readonly blocked: readonly NodeRoleId[];
  /** Noderoles that waited, since the deployment was open for editing or for a noderole that goes now, and go on. */
  readonly resumed: readonly NodeRoleId[];
  /** What destroys something when it runs, of all that the commit sets in motion. */
  readonly destructive: readonly NodeRoleId[];
  /** All that the commit sets in motion and that will run, by cohort. */
  readonly order: readonly (readonly NodeRoleId[])[];
  /** With a rollout: what is let go together, the first at once. Else empty. */
  readonly waves: readonly (readonly NodeRoleId[])[];
  /** What the commit sets in motion and that cannot run as things stand; `explain` says why. */
  readonly waiting: readonly NodeRoleId[];
  readonly estimate: {
    /** Milliseconds until all of it has ended, if every run succeeds; null when nothing of it has ever run. */
    readonly ms: number | null;
    /** Runs that the estimate counts, other work in the graph included. */
    readonly runs: number;
    /** How many of them are of roles without a past run, which were taken to be as long as the middle one of the others. */
    readonly withoutPast: number;
  };
}

export const previewCommit = (graph: Graph, deploymentId: DeploymentId, options: PreviewOptions): Preview | Refusal => {
  const unbinding = new GraphDraft(graph);
  const removed = unbindNodeRoles(unbinding, options.unbind ?? [], `commit ${graph.deployment(deploymentId).name}`);
  if (isRefusal(removed)) return removed;
  const left = removed.length > 0 ? without(unbinding, new Set(removed)) : graph;
  const draft = new GraphDraft(left);
  const changed = new Set([...options.changes.changed].filter((id) => draft.nodeRoles.has(id)));
  const waves = options.rollout ? planWaves(left, deploymentId, { ...options.rollout, changed }) : [];
  const [, ...later] = waves;
  const held = new Set([...later.flat(), ...(options.held ?? [])]);
  const wasOpen = draft.deployment(deploymentId).state !== 'committed';
  const refusal = commitDeployment(draft, deploymentId, { changed, held });
  if (refusal) return refusal;

  const moved: Record<Motion, NodeRoleId[]> = { added: [], rerun: [], blocked: [], resumed: [] };
  for (const is of [...draft.nodeRoles.values()].sort((a, b) => a.cohort - b.cohort || (a.id < b.id ? -1 : 1))) {
    const motion = motionOf(graph.nodeRole(is.id), is, wasOpen && is.deploymentId === deploymentId);
    if (motion) moved[motion].push(is.id);
  }
  const played = forecast(draft, {
    cap: options.cap,
    now: options.now,
    durations: options.durations,
    waves: later,
    ...(options.rollout?.pauseMs === undefined ? {} : { pauseMs: options.rollout.pauseMs }),
  });
  const inMotion = Object.values(moved)
    .flat()
    .map((id) => draft.nodeRole(id));
  inMotion.sort((a, b) => a.cohort - b.cohort || (a.id < b.id ? -1 : 1));
  const those = (which: (nodeRole: NodeRole) => boolean): NodeRoleId[] => inMotion.filter(which).map(({ id }) => id);
  const [running, waiting] = [new Set(played.runs), new Set(played.waiting)];
  return {
    ...moved,
    removed,
    notRerun: options.changes.notRerun.filter((id) => draft.nodeRoles.has(id)),
    destructive: those(
      (nodeRole) => draft.role(nodeRole.roleId).destructive && !isDone(draft.role(nodeRole.roleId), nodeRole),
    ),
    order: byCohort(
      draft,
      those(({ id }) => running.has(id)),
    ),
    waves,
    waiting: those(({ id }) => waiting.has(id)),
    estimate: { ms: played.ms, runs: played.runs.length, withoutPast: played.withoutPast },
  };
};

type Motion = 'added' | 'rerun' | 'blocked' | 'resumed';

/** What the commit does to a noderole; null when it leaves it alone. `opened`: its deployment was open for editing. */
const motionOf = (was: NodeRole, is: NodeRole, opened: boolean): Motion | null => {
  if (is.state === 'proposed') return null;
  if (was.state === 'proposed') return 'added';
  if (is.state === 'blocked' && was.state !== 'blocked') return 'blocked';
  if (is.dirty && !was.dirty) return 'rerun';
  const wanted = was.state === 'todo' || was.state === 'blocked' || (was.state === 'active' && was.dirty);
  const letGo = was.held && !is.held;
  return wanted && (opened || letGo || was.state !== is.state) ? 'resumed' : null;
};

/** What is left of a graph when some noderoles go. */
const without = (draft: GraphDraft, gone: ReadonlySet<NodeRoleId>): Graph => {
  const nodeRoles = [...draft.nodeRoles.values()].filter(({ id }) => !gone.has(id));
  return new Graph({
    nodeRoles,
    edges: nodeRoles.flatMap(({ id }) => draft.edgesDown(id).filter(({ childId }) => !gone.has(childId))),
    nodes: draft.nodes.values(),
    roles: draft.roles.values(),
    deployments: draft.deployments.values(),
  });
};

const byCohort = (draft: GraphDraft, ids: readonly NodeRoleId[]): NodeRoleId[][] => {
  const cohorts = new Map<number, NodeRoleId[]>();
  for (const id of ids) {
    const { cohort } = draft.nodeRole(id);
    const list = cohorts.get(cohort);
    if (list) list.push(id);
    else cohorts.set(cohort, [id]);
  }
  return [...cohorts.values()];
};
