import {
  audit,
  BindView,
  claimNodeRole,
  commitDeployment,
  commitNode,
  commitNodeRole,
  finishNodeRole,
  GraphDraft,
  idOf,
  isRefusal,
  keepReady,
  markChanged,
  moveNode,
  planBinding,
  planPass,
  proposeDeployment,
  proposeNodeRole,
  ReadySet,
  readyItem,
  recallDeployment,
  redeployNode,
  repointParent,
  rescueRun,
  RoleCatalog,
  rerunNodeRole,
  RESCUE_LIMITS,
  retryNodeRole,
  setAlive,
  setAvailable,
  skipNodeRole,
  unbindNodeRole,
  type BindRole,
  type Decision,
  type DeploymentId,
  type EventDraft,
  type Graph,
  type GraphChanges,
  type GraphRole,
  type NodeId,
  type NodeRole,
  type NodeRoleId,
  type Outcome,
  type Refusal,
  type Repointing,
  type RoleFlag,
  type RoleId,
  type RunId,
} from '#core';
import { plainRole } from '../graph/drawn.js';
import { FRESH } from '../graph/fresh.js';
import { edgesOf, sliceOf, type SliceRoots } from '../graph/slice.js';
import { Chance } from './chance.js';
import { MemoryGraph } from './memory-graph.js';
import { VirtualClock } from './virtual-clock.js';

/** A run as the world keeps it. */
export interface WorldRun {
  readonly id: RunId;
  readonly nodeRoleId: NodeRoleId;
  readonly nodeId: NodeId;
  readonly rerun: boolean;
  attempt: number;
  open: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** A role as a test describes it; what it leaves out is plain. `requires` names roles that were added before. */
export interface WorldRole extends Partial<Omit<GraphRole, 'id' | 'name'>> {
  readonly name: string;
  readonly requires?: readonly RoleId[];
  readonly flags?: readonly RoleFlag[];
  readonly provides?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly precedes?: readonly string[];
}

/**
 * The engine in memory: the same rules over the same slices, with a clock that is told, ids from a seed, and machines that
 * do what they are told. Every change is a decision of `core`, saved and then audited; whatever the audit finds is thrown,
 * so that a history stops at its first bad step. Nothing begins by itself: a pass is a call.
 */
export class World {
  readonly clock = new VirtualClock();
  readonly runs = new Map<RunId, WorldRun>();
  readonly events: EventDraft[] = [];
  cap: number;
  private readonly rows = new MemoryGraph();
  private readonly ready = new ReadySet();
  private readonly chance: Chance;
  private readonly bindRoles = new Map<RoleId, BindRole>();
  /** The deployment that each node belongs to. */
  private readonly homes = new Map<NodeId, DeploymentId>();
  private readonly watch: WorldWatch;

  constructor(options: { seed?: number; cap?: number; watch?: WorldWatch } = {}) {
    this.chance = new Chance(options.seed ?? 1);
    this.cap = options.cap ?? 10;
    this.watch = options.watch ?? {};
    this.addDeployment('system', { system: true });
  }

  get graph(): Graph {
    return this.rows.load();
  }

  /** Runs in flight. */
  get running(): number {
    return [...this.runs.values()].filter(({ open }) => open).length;
  }

  addRole(role: WorldRole): RoleId {
    const { requires = [], flags = [], provides = [], conflicts = [], precedes = [], ...rest } = role;
    const id = this.newId<RoleId>();
    const graphRole = {
      ...plainRole(role.name),
      destructive: flags.includes('destructive'),
      cluster: flags.includes('cluster'),
      ...rest,
      id,
    };
    this.rows.putRole(graphRole);
    this.bindRoles.set(id, {
      id,
      name: role.name,
      jig: graphRole.jig,
      jigActive: true,
      flags: new Set(flags),
      requires: requires.map((roleId) => ({ roleId, name: this.graph.role(roleId).name })),
      precedes,
      provides,
      conflicts,
      wants: [],
    });
    return id;
  }

  addNode(
    name: string,
    says: { alive: boolean; available: boolean; system?: boolean; deploymentId?: DeploymentId },
  ): NodeId {
    const id = this.newId<NodeId>();
    const { alive, available, system = false } = says;
    this.rows.putNode({ id, name, alive, available, system, frozen: 0, onDisk: true });
    this.homes.set(id, says.deploymentId ?? this.deploymentNamed('system'));
    this.ready.setNode(id, (alive || system) && available);
    return id;
  }

  addDeployment(
    name: string,
    says: { parentId?: DeploymentId; system?: boolean; priority?: number } = {},
  ): DeploymentId {
    const id = this.newId<DeploymentId>();
    const system = says.system ?? false;
    const parentId = system ? null : (says.parentId ?? this.deploymentNamed('system'));
    const priority = says.priority ?? 0;
    this.rows.putDeployment({ id, name, parentId, system, state: system ? 'committed' : 'proposed', priority });
    this.ready.setDeployment(id, system, priority);
    return id;
  }

  deploymentNamed(name: string): DeploymentId {
    return named(this.graph.deployments.values(), name, 'deployment');
  }

  bind(roleId: RoleId, nodeId: NodeId, deploymentId: DeploymentId): Refusal | null {
    const { nodeRoles, nodes, deployments } = this.graph;
    const homes = [...nodes.values()].map(({ id, name, system }) => ({
      id,
      name,
      system,
      admin: false,
      deploymentId: this.homes.get(id) as DeploymentId,
    }));
    const view = new BindView({
      nodeRoles: nodeRoles.values(),
      edges: edgesOf(this.graph),
      nodes: homes,
      deployments: deployments.values(),
    });
    const plan = planBinding(new RoleCatalog(this.bindRoles.values()), view, { roleId, nodeId, deploymentId }, () =>
      this.newId<NodeRoleId>(),
    );
    if (isRefusal(plan)) return plan;
    const touched = new Map<NodeRoleId, { cohort?: number; unmet?: number }>();
    for (const [id, cohort] of plan.cohorts) touched.set(id, { cohort });
    for (const [id, unmet] of plan.unmet) touched.set(id, { ...touched.get(id), unmet });
    for (const [id, patch] of touched) this.rows.putNodeRole({ ...this.graph.nodeRole(id), ...patch });
    for (const planned of plan.nodeRoles) this.rows.putNodeRole({ ...FRESH, ...planned });
    for (const { parentId, childId, soft, pending } of plan.edges)
      this.rows.putEdge({ parentId, childId, soft, pending });
    keepReady(this.ready, this.graph, { ...NO_CHANGES, nodeRoles: touched });
    this.events.push(...plan.events);
    this.check('bind');
    return null;
  }

  unbind(id: NodeRoleId): Refusal | null {
    const before = this.graph;
    let gone: readonly NodeRoleId[] = [];
    const rule = (draft: GraphDraft): Refusal | null => {
      const answer = unbindNodeRole(draft, id);
      if (isRefusal(answer)) return answer;
      gone = answer;
      return null;
    };
    return this.decide('unbind', { nodeRoleIds: [id] }, rule, () => {
      for (const each of gone) {
        this.rows.dropNodeRole(each);
        this.ready.release(each);
        this.ready.remove(each);
      }
      return gone.flatMap((each) => [...before.parents(each), ...before.children(each)]);
    });
  }

  /** Gives a noderole another parent. */
  repoint(childId: NodeRoleId, fromId: NodeRoleId, toId: NodeRoleId): Refusal | null {
    const catalog = new RoleCatalog(this.bindRoles.values());
    const { deploymentIds, nodeRoleIds } = {
      deploymentIds: [this.graph.nodeRole(toId).deploymentId],
      nodeRoleIds: [childId, fromId, toId],
    };
    let pointed: Repointing | null = null;
    const rule = (draft: GraphDraft): Refusal | null => {
      const answer = repointParent(draft, catalog, { childId, fromId, toId });
      if (isRefusal(answer)) return answer;
      pointed = answer;
      return null;
    };
    return this.decide('repoint', { nodeRoleIds, deploymentIds }, rule, () => {
      const { removed, added } = pointed as unknown as Repointing;
      this.rows.dropEdge(removed);
      for (const { parentId, soft, pending } of added) this.rows.putEdge({ parentId, childId, soft, pending });
      return [childId, removed.parentId, ...added.map(({ parentId }) => parentId)].map((id) => this.graph.nodeRole(id));
    });
  }

  commit(
    deploymentId: DeploymentId,
    changed: ReadonlySet<NodeRoleId> = new Set(),
    held: ReadonlySet<NodeRoleId> = new Set(),
  ): Refusal | null {
    const nodeRoleIds = [...changed];
    return this.decide('commit', { deploymentIds: [deploymentId], nodeRoleIds }, (draft) =>
      commitDeployment(draft, deploymentId, { changed, held }),
    );
  }

  propose(deploymentId: DeploymentId): Refusal | null {
    return this.decide('propose', { deploymentIds: [deploymentId] }, (draft) => proposeDeployment(draft, deploymentId));
  }

  recall(deploymentId: DeploymentId): Refusal | null {
    return this.decide('recall', { deploymentIds: [deploymentId] }, (draft) => recallDeployment(draft, deploymentId));
  }

  commitNode(nodeId: NodeId): Refusal | null {
    return this.decide('commit node', { nodeIds: [nodeId] }, (draft) => commitNode(draft, nodeId));
  }

  commitNodeRole(id: NodeRoleId): Refusal | null {
    return this.decide('commit noderole', { nodeRoleIds: [id] }, (draft) => commitNodeRole(draft, id));
  }

  proposeNodeRole(id: NodeRoleId): Refusal | null {
    return this.decide('propose noderole', { nodeRoleIds: [id] }, (draft) => proposeNodeRole(draft, id));
  }

  retry(id: NodeRoleId, options: { destroyAgain: boolean } = { destroyAgain: false }): Refusal | null {
    return this.decide('retry', { nodeRoleIds: [id] }, (draft) => retryNodeRole(draft, id, options));
  }

  redeploy(nodeId: NodeId): Refusal | null {
    return this.decide('redeploy', { nodeIds: [nodeId] }, (draft) => redeployNode(draft, nodeId));
  }

  change(id: NodeRoleId): Refusal | null {
    return this.decide('change', { nodeRoleIds: [id] }, (draft) => accept(markChanged(draft, id)));
  }

  hold(id: NodeRoleId, held: boolean): Refusal | null {
    return this.decide('hold', { nodeRoleIds: [id] }, (draft) => accept(draft.patchNodeRole(id, { held })));
  }

  switch(id: NodeRoleId, available: boolean): Refusal | null {
    return this.decide('switch', { nodeRoleIds: [id] }, (draft) => accept(draft.patchNodeRole(id, { available })));
  }

  setAlive(nodeId: NodeId, alive: boolean): Refusal | null {
    return this.decide(alive ? 'return' : 'kill', { nodeIds: [nodeId] }, (draft) =>
      setAlive(draft, nodeId, alive, 'told so'),
    );
  }

  setAvailable(nodeId: NodeId, available: boolean): Refusal | null {
    return this.decide('availability', { nodeIds: [nodeId] }, (draft) => setAvailable(draft, nodeId, available));
  }

  move(nodeId: NodeId, deploymentId: DeploymentId): NodeRoleId[] {
    const followers: NodeRoleId[] = [];
    this.decide('move', { nodeIds: [nodeId], deploymentIds: [deploymentId] }, (draft) => {
      followers.splice(0, Infinity, ...moveNode(draft, nodeId, deploymentId));
      return null;
    });
    this.homes.set(nodeId, deploymentId);
    return followers;
  }

  /**
   * One pass: what the plan wants is claimed. Returns how many noderoles changed by it. The ready set that was kept up to
   * date step by step and the one built anew must hand out the same.
   */
  pass(): number {
    const before = this.graph;
    const now = this.clock.now();
    const plan = planPass(before, { cap: this.cap, now });
    const taken = this.ready.take(Math.max(0, this.cap - this.running), now).map(({ id }) => id);
    this.watch.took?.(before, taken, this.cap, now);
    const claimed = [
      ...plan.reruns.map((id) => this.claim(id, true)),
      ...plan.runs.map((id) => this.claim(id, false)),
      ...plan.skips.map((id) => this.skip(id)),
    ];
    for (const id of taken) this.putBack(id);
    const wanted = claimed.find((refusal) => refusal !== null);
    if (wanted) throw new Error(`the plan wanted what the rules refuse: ${wanted.detail}`);
    return claimed.length;
  }

  /** Passes until one changes nothing. */
  passAll(): void {
    while (this.pass() > 0);
  }

  /** The open run of a noderole. */
  runOf(id: NodeRoleId): WorldRun | undefined {
    const { runId } = this.graph.nodeRole(id);
    return runId ? this.runs.get(runId) : undefined;
  }

  /** What a worker reports about an attempt. A stale one changes nothing. */
  report(runId: RunId, attempt: number, outcome: Outcome): 'applied' | 'stale' {
    const run = this.runs.get(runId);
    if (!run?.open || run.attempt !== attempt) return 'stale';
    run.open = false;
    this.decide('finish', { nodeRoleIds: [run.nodeRoleId] }, (draft) => {
      finishNodeRole(draft, run.nodeRoleId, outcome, this.clock.now());
      return null;
    });
    return 'applied';
  }

  /** The worker of a run vanishes for good, and rescue decides. */
  loseWorker(runId: RunId): void {
    const run = this.runs.get(runId);
    if (!run?.open) return;
    const { destructive } = this.graph.role(this.graph.nodeRole(run.nodeRoleId).roleId);
    const sinceHeartbeatMs = RESCUE_LIMITS.silenceMsMax + 1;
    const rescue = rescueRun(
      { state: 'running', attempt: run.attempt, destructive, sinceDispatchMs: 0, sinceHeartbeatMs, overdueMs: null },
      RESCUE_LIMITS,
    );
    if (rescue.kind === 'new-attempt') run.attempt += 1;
    if (rescue.kind === 'give-up') this.report(runId, run.attempt, { kind: 'failed', reason: rescue.reason });
  }

  /** When the next noderole that waits for its time may run, in milliseconds since the epoch; null when none does. */
  nextWake(): number | null {
    const now = this.clock.now();
    const times = [...this.graph.nodeRoles.values()].flatMap(({ state, notBefore }) =>
      (state === 'todo' || state === 'active') && notBefore !== null && notBefore > now ? notBefore : [],
    );
    return times.length > 0 ? Math.min(...times) : null;
  }

  private claim(id: NodeRoleId, rerun: boolean): Refusal | null {
    const runId = this.newId<RunId>();
    const { nodeId } = this.graph.nodeRole(id);
    this.watch.claims?.(this.graph, id, rerun, this.clock.now());
    const refusal = this.decide(rerun ? 'rerun' : 'claim', { nodeRoleIds: [id] }, (draft) =>
      (rerun ? rerunNodeRole : claimNodeRole)(draft, id, runId),
    );
    if (!refusal)
      this.runs.set(runId, {
        id: runId,
        nodeRoleId: id,
        nodeId,
        rerun,
        attempt: 1,
        open: true,
        since: this.clock.now(),
      });
    return refusal;
  }

  private skip(id: NodeRoleId): Refusal | null {
    return this.decide('skip', { nodeRoleIds: [id] }, (draft) => skipNodeRole(draft, id));
  }

  /** What was taken from the ready set and not claimed goes back to it. */
  private putBack(id: NodeRoleId): void {
    const nodeRole = this.graph.nodeRole(id);
    if (nodeRole.state === 'transition') return;
    this.ready.release(id);
    const item = readyItem(this.graph, nodeRole);
    if (item) this.ready.put(item);
  }

  /**
   * Decides on the slice that a store would load, saves, and audits. `also` writes what is no part of a decision, edges and
   * whole noderoles, and returns the neighbours of these.
   */
  private decide(
    step: string,
    roots: SliceRoots,
    rule: (draft: GraphDraft) => Refusal | null,
    also: () => readonly NodeRole[] = () => [],
  ): Refusal | null {
    const whole = this.graph;
    const draft = new GraphDraft(sliceOf(whole, roots));
    const refusal = rule(draft);
    if (refusal) return refusal;
    const decision = draft.decision();
    this.watch.decides?.(whole, rule, decision);
    this.rows.save(decision);
    this.events.push(...decision.events);
    const neighbours = also().filter(({ id }) => this.graph.nodeRoles.has(id));
    const nodeRoles = new Map([...decision.changes.nodeRoles].filter(([id]) => this.graph.nodeRoles.has(id)));
    keepReady(this.ready, this.graph, { ...decision.changes, nodeRoles });
    keepReady(this.ready, this.graph, { ...NO_CHANGES, nodeRoles: new Map(neighbours.map(({ id }) => [id, {}])) });
    this.check(step);
    return null;
  }

  private check(step: string): void {
    const findings = audit(this.graph);
    if (findings.length > 0)
      throw new Error(`after ${step}: ${findings.map(({ code, sentence }) => `${code}: ${sentence}`).join('; ')}`);
    this.watch.stepped?.(this.graph, step);
  }

  private newId<Id extends string>(): Id {
    return idOf(this.chance.uuid()) as unknown as Id;
  }
}

const NO_CHANGES: GraphChanges = { nodeRoles: new Map(), nodes: new Map(), deployments: new Map(), edgesCounted: [] };

/** What a test may look at while a world goes on. Each may throw. */
export interface WorldWatch {
  /** Before a decision is saved: the whole graph, and the rule to decide it again with. */
  decides?(whole: Graph, rule: (draft: GraphDraft) => Refusal | null, decision: Decision): void;
  /** A noderole is about to be claimed. */
  claims?(graph: Graph, id: NodeRoleId, rerun: boolean, now: number): void;
  /** What the ready set, kept step by step, handed to a pass. */
  took?(graph: Graph, taken: readonly NodeRoleId[], cap: number, now: number): void;
  stepped?(graph: Graph, step: string): void;
}

/** For rules that cannot refuse. */
const accept = (_done: unknown): null => null;

const named = <Id>(things: Iterable<{ readonly id: Id; readonly name: string }>, name: string, kind: string): Id => {
  for (const thing of things) if (thing.name === name) return thing.id;
  throw new Error(`there is no ${kind} named ${name}`);
};
