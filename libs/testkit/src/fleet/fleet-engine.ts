import type { Clock, FinishRun, PlanInstall } from '#app';
import {
  claimNodeRole,
  GraphDraft,
  idOf,
  INSTALL_JIG,
  keepReady,
  ReadySet,
  rerunNodeRole,
  skipNodeRole,
  type Decision,
  type Graph,
  type JsonObject,
  type NodeId,
  type NodeRole,
  type NodeRoleId,
  type Outcome,
  type RunId,
} from '#core';
import type { Chance } from '../world/chance.js';
import type { MemoryRows } from './memory-rows.js';
import type { MemoryUnitOfWork } from './memory-unit-of-work.js';
import type { Schedule } from './schedule.js';

/** Most runs at once where `runs_at_once_max` is not set; installs are not among them. */
const CAP = 10;
/** How long a jig works that is not the install, in milliseconds. */
const JIG_MS = 2_000;

export interface FleetEngineParts {
  readonly rows: MemoryRows;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly schedule: Schedule;
  readonly unitOfWork: MemoryUnitOfWork;
  readonly planner: PlanInstall;
  readonly finishRun: FinishRun;
  /** What the install of a node is asked for. */
  readonly attribs: (node: NodeId) => JsonObject;
}

/** What a leader and its workers do to the graph of a fleet: what may run is claimed and worked on. */
export class FleetEngine {
  readonly ready = new ReadySet();
  private runsMade = 0;

  constructor(private readonly parts: FleetEngineParts) {}

  /** Hears of every decision, within its transaction. */
  decided(graph: Graph, { changes }: Decision): void {
    keepReady(this.ready, this.parts.rows.slice(changes.nodeRoles.keys(), [...graph.nodes.keys()]), changes);
  }

  /** Begins whatever may begin. */
  async anneal(): Promise<void> {
    const cap = Number(this.parts.rows.settings.get('runs_at_once_max') ?? CAP);
    for (const item of this.ready.take(Math.max(0, cap - this.ready.running), this.parts.clock.now())) {
      const { id, done, rerun } = item;
      this.runsMade += 1;
      const runId = idOf<RunId>(this.parts.chance.uuid());
      const jig = await this.parts.unitOfWork.write('engine', async (tx) => {
        const graph = await tx.graph.slice({ nodeRoleIds: [id] });
        const draft = new GraphDraft(graph);
        const refusal = done ? skipNodeRole(draft, id) : (rerun ? rerunNodeRole : claimNodeRole)(draft, id, runId);
        if (refusal) throw new Error(refusal.detail);
        const nodeRole = graph.nodeRole(id);
        const role = graph.role(nodeRole.roleId);
        if (!done)
          this.parts.rows.put(this.parts.rows.runs, runId, {
            run: {
              ...{ id: runId, nodeRoleId: id, nodeId: nodeRole.nodeId, attempt: 1, fence: this.runsMade, rerun },
              ...{
                state: 'running',
                jig: role.jig,
                workerId: null,
                deadlineAt: null,
                cancelRequestedBy: null,
                input: {},
              },
            },
            end: null,
          });
        await tx.graph.save(graph, draft.decision());
        return done ? null : role.jig;
      });
      if (jig !== null) await this.work(id, runId, jig);
    }
  }

  private async work(nodeRoleId: NodeRoleId, runId: RunId, jig: string): Promise<void> {
    const { nodeId } = this.parts.rows.nodeRoles.get(nodeRoleId) as NodeRole;
    if (jig !== INSTALL_JIG) {
      this.parts.schedule.after(JIG_MS, () => this.endRun(runId, { kind: 'succeeded' }));
      return;
    }
    const planned = await this.parts.planner.plan({ runId, nodeRoleId, nodeId, attribs: this.parts.attribs(nodeId) });
    if (planned.kind === 'failed') await this.endRun(runId, { kind: 'failed', reason: planned.reason });
  }

  private async endRun(runId: RunId, outcome: Outcome): Promise<void> {
    await this.parts.finishRun.execute({ runId, attempt: 1 } as never, { outcome });
  }
}
