import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { FinishRun, type SliceRoots, type Ticket } from '#app';
import {
  audit,
  claimNodeRole,
  finishNodeRole,
  GraphDraft,
  hindrances,
  idOf,
  isRefusal,
  planPass,
  rerunNodeRole,
  skipNodeRole,
  type EventDraft,
  type Graph,
  type NodeRole,
  type NodeRoleId,
  type Outcome,
  type Refusal,
  type RunId,
} from '#core';
import { openDatabase, PgEngineRecords, PgUnitOfWork } from '#store';
import { edgesOf, MemoryGraph, VirtualClock } from '#testkit';
import type { Decider } from './decisions.js';
import { emptyDatabase, layGraph } from './lay-graph.js';

type Database = Awaited<ReturnType<typeof openDatabase>>;
type Rule = (draft: GraphDraft) => Refusal | null;

interface TwinRun {
  readonly id: RunId;
  readonly nodeRoleId: NodeRoleId;
  attempt: number;
  state: 'queued' | 'running' | Outcome['kind'];
}

/**
 * The same graph twice: in memory, where the rules of `core` change it one noderole at a time, and in PostgreSQL, where the
 * statements of the store do. Each step is done to both and then everything is compared: whole graphs, what was answered,
 * the facts that were told, and their numbers. The audit reads both.
 */
export class Twin implements Decider {
  readonly clock = new VirtualClock();
  readonly runs = new Map<RunId, TwinRun>();
  private readonly memory = new MemoryGraph();
  private readonly unitOfWork: PgUnitOfWork;
  private readonly records: PgEngineRecords;
  private readonly finishRun: FinishRun;
  private readonly told: EventDraft[] = [];
  private eventsSeen = 0;

  private constructor(
    private readonly dataSource: Database,
    readonly cap: number,
  ) {
    this.unitOfWork = new PgUnitOfWork(dataSource);
    this.records = new PgEngineRecords(dataSource);
    this.finishRun = new FinishRun(this.unitOfWork, this.clock, async () => undefined);
  }

  static async of(dataSource: Database, graph: Graph, cap: number): Promise<Twin> {
    await emptyDatabase(dataSource);
    const twin = new Twin(dataSource, cap);
    for (const node of graph.nodes.values()) twin.memory.putNode(node);
    for (const role of graph.roles.values()) twin.memory.putRole(role);
    for (const deployment of graph.deployments.values()) twin.memory.putDeployment(deployment);
    for (const nodeRole of graph.nodeRoles.values()) twin.memory.putNodeRole(nodeRole);
    for (const edge of edgesOf(graph)) twin.memory.putEdge(edge);
    await layGraph(dataSource, graph);
    await twin.compare('the beginning');
    return twin;
  }

  get graph(): Graph {
    return this.memory.load();
  }

  runsIn(state: TwinRun['state']): TwinRun[] {
    return [...this.runs.values()].filter((run) => run.state === state);
  }

  /** Anything that is one decision: commits, retries, deaths of nodes. */
  async decide(step: string, roots: SliceRoots, rule: Rule): Promise<Refusal | null> {
    const refusal = this.inMemory(rule);
    const refused = await this.inSql(roots, rule);
    expect(refused?.code ?? null, step).toBe(refusal?.code ?? null);
    await this.compare(step);
    return refusal;
  }

  /**
   * Hands out what a pass would, the way that the annealer does. `strangers` are asked for as well, and the rows must refuse
   * whatever of them the rules would.
   */
  async pass(strangers: readonly NodeRole[]): Promise<void> {
    const { graph } = this;
    const plan = planPass(graph, { cap: this.cap, now: this.clock.now() });
    const mayNot = (nodeRole: NodeRole): boolean =>
      hindrances(graph, nodeRole, { now: Infinity, busy: false }).length > 0 || nodeRole.state !== 'todo';
    const asked = [...new Set([...plan.runs, ...strangers.filter(mayNot).map(({ id }) => id)])];
    const claims = asked.map((id) => ({
      nodeRoleId: id,
      nodeId: graph.nodeRole(id).nodeId,
      runId: newRunId(),
      input: {},
    }));
    const claimed = await this.unitOfWork.write('engine', (tx) => tx.engine.claim(claims));
    expect(claimed.map(({ nodeRoleId }) => nodeRoleId).sort()).toEqual([...plan.runs].sort());
    for (const { nodeRoleId, runId } of claimed) {
      expect(this.inMemory((draft) => claimNodeRole(draft, nodeRoleId, runId))).toBeNull();
      this.runs.set(runId, { id: runId, nodeRoleId, attempt: 1, state: 'queued' });
    }
    await this.compare('a pass');
    for (const id of plan.reruns) await this.rerun(id);
    for (const id of plan.skips) await this.decide('a skip', { nodeRoleIds: [id] }, (draft) => skipNodeRole(draft, id));
  }

  /** Begins these runs, and does not begin attempts that are not the row's. */
  async begin(runs: readonly TwinRun[], alsoStale: readonly Ticket[]): Promise<void> {
    const tickets = [...runs.map(ticketOf), ...alsoStale];
    const begun = await this.records.begin(randomUUID(), tickets);
    expect(begun.map(({ runId }) => runId).sort()).toEqual(
      runs
        .filter(({ state }) => state === 'queued')
        .map(({ id }) => id)
        .sort(),
    );
    for (const { runId } of begun) (this.runs.get(runId) as TwinRun).state = 'running';
    await this.compare('begin');
  }

  /** Ends a group of runs that went well, in one set; the others of the group go through the rules, as in the engine. */
  async settle(group: readonly Ticket[]): Promise<void> {
    const { graph } = this;
    const counts = ({ runId, attempt }: Ticket): boolean => {
      const run = this.runs.get(runId);
      return run?.state === 'running' && run.attempt === attempt && !graph.nodeRole(run.nodeRoleId).doubted;
    };
    const expected = group.filter(counts);
    const settled = await this.unitOfWork.write('engine', (tx) => tx.engine.settle(group));
    expect(settled.tickets.map(({ runId }) => runId).sort()).toEqual(expected.map(({ runId }) => runId).sort());
    for (const { runId } of expected) this.end(runId, { kind: 'succeeded' });
    await this.compare('settle');
    for (const { id, state, unmet } of settled.standings)
      expect({ id, state, unmet }).toEqual(pick(this.graph.nodeRole(id)));
    for (const ticket of group.filter((each) => !expected.includes(each)))
      await this.finish(ticket, { kind: 'succeeded' });
  }

  /** Ends one run with whatever became of it. A stale attempt changes nothing but the history. */
  async finish(ticket: Ticket, outcome: Outcome): Promise<void> {
    const run = this.runs.get(ticket.runId);
    const current = run !== undefined && run.attempt === ticket.attempt;
    const open = current && (run.state === 'queued' || run.state === 'running');
    const sameAgain = current && run.state === outcome.kind;
    const finished = await this.finishRun.execute(ticket, { outcome });
    expect(finished).toBe(open || sameAgain ? 'finished' : 'stale');
    if (open) this.end(ticket.runId, outcome);
    else if (!sameAgain) this.told.push({ kind: 'run.stale_end', runId: ticket.runId });
    await this.compare(`an end: ${outcome.kind}`);
  }

  /** Rescue makes new attempts of running runs; graph and history of noderoles stay as they are. */
  async rescue(runs: readonly TwinRun[]): Promise<void> {
    const tickets = await this.unitOfWork.write('engine', (tx) => tx.engine.newAttempts(runs.map(ticketOf)));
    expect(tickets.map(({ runId }) => runId).sort()).toEqual(
      runs
        .filter(({ state }) => state === 'running')
        .map(({ id }) => id)
        .sort(),
    );
    for (const { runId, attempt } of tickets) {
      const run = this.runs.get(runId) as TwinRun;
      expect(attempt).toBe(run.attempt + 1);
      run.attempt = attempt;
      this.told.push({
        kind: 'run.rescued',
        runId,
        nodeRoleId: run.nodeRoleId,
        nodeId: this.graph.nodeRole(run.nodeRoleId).nodeId,
      });
      run.state = 'queued';
    }
    await this.compare('rescue');
  }

  private async rerun(id: NodeRoleId): Promise<void> {
    const runId = newRunId();
    const { nodeId, roleId } = this.graph.nodeRole(id);
    const rule: Rule = (draft) => rerunNodeRole(draft, id, runId);
    expect(this.inMemory(rule)).toBeNull();
    const refusal = await this.inSql({ nodeRoleIds: [id] }, rule, (tx) =>
      tx.runs.insert([{ id: runId, nodeRoleId: id, nodeId, jig: this.graph.role(roleId).jig, rerun: true, input: {} }]),
    );
    expect(refusal).toBeNull();
    this.runs.set(runId, { id: runId, nodeRoleId: id, attempt: 1, state: 'queued' });
    await this.compare('a re-run');
  }

  private end(runId: RunId, outcome: Outcome): void {
    const run = this.runs.get(runId) as TwinRun;
    this.inMemory((draft) => {
      finishNodeRole(draft, run.nodeRoleId, outcome, this.clock.now());
      return null;
    });
    run.state = outcome.kind;
  }

  private inMemory(rule: Rule): Refusal | null {
    const draft = new GraphDraft(this.graph);
    const refusal = rule(draft);
    if (refusal) return refusal;
    const decision = draft.decision();
    this.memory.save(decision);
    this.told.push(...decision.events);
    return null;
  }

  private async inSql(
    roots: SliceRoots,
    rule: Rule,
    also: (tx: Parameters<Parameters<PgUnitOfWork['write']>[1]>[0]) => Promise<void> = async () => undefined,
  ): Promise<Refusal | null> {
    const result = await this.unitOfWork.write('operator', async (tx) => {
      const graph = await tx.graph.slice(roots);
      const draft = new GraphDraft(graph);
      const refusal = rule(draft);
      if (refusal) return refusal;
      await tx.graph.save(graph, draft.decision());
      await also(tx);
      return null;
    });
    return isRefusal(result) ? result : null;
  }

  private async compare(step: string): Promise<void> {
    const stored = await this.unitOfWork.read((tx) => tx.graph.whole());
    expect(plain(stored), `after ${step}`).toEqual(plain(this.graph));
    expect(audit(stored), `the audit after ${step}`).toEqual([]);
    await this.compareEvents(step);
  }

  /** What was told is what happened, and it is numbered without gaps. */
  private async compareEvents(step: string): Promise<void> {
    const rows = (await this.dataSource.query(
      `SELECT seq::int AS seq, kind, node_role_id, node_id, run_id FROM events WHERE seq > $1 ORDER BY seq`,
      [this.eventsSeen],
    )) as { seq: number; kind: string; node_role_id: string | null; node_id: string | null; run_id: string | null }[];
    const [counter] = (await this.dataSource.query('SELECT last::int AS last FROM event_counter')) as [
      { last: number },
    ];
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from(rows, (_, index) => this.eventsSeen + index + 1));
    this.eventsSeen += rows.length;
    expect(counter.last).toBe(this.eventsSeen);
    const facts = rows.map(({ kind, node_role_id, node_id, run_id }) =>
      [kind, node_role_id, node_id, run_id].join(' '),
    );
    const expected = this.told
      .splice(0)
      .map(({ kind, nodeRoleId, nodeId, runId }) =>
        [kind, nodeRoleId ?? null, nodeId ?? null, runId ?? null].join(' '),
      );
    expect(facts.sort(), `events of ${step}`).toEqual(expected.sort());
  }
}

const newRunId = (): RunId => idOf<RunId>(randomUUID());
export const ticketOf = ({ id, attempt }: TwinRun): Ticket => ({ runId: id, attempt });
const pick = ({ id, state, unmet }: NodeRole) => ({ id, state, unmet });

/** A graph as plain sorted values. Times are rounded to milliseconds: the database keeps seconds. */
const plain = (graph: Graph) => ({
  nodeRoles: [...graph.nodeRoles.values()]
    .map((nodeRole) => ({
      ...nodeRole,
      notBefore: nodeRole.notBefore === null ? null : Math.round(nodeRole.notBefore),
    }))
    .sort(byId),
  nodes: [...graph.nodes.values()].sort(byId),
  deployments: [...graph.deployments.values()].sort(byId),
  edges: edgesOf(graph)
    .map(({ parentId, childId, soft, pending }) => `${parentId} ${childId} ${soft} ${pending}`)
    .sort(),
});

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
