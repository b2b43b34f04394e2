import type { NodeRoleId, RoleId } from '../base/ids.js';
import type { GraphDraft } from '../graph/draft.js';
import type { NodeRole } from '../graph/graph.js';
import { isAlive, isReady } from '../node/aliveness.js';
import { isDone } from '../noderole/decide.js';
import { Heap } from './heap.js';
import { ReadySet } from './ready-set.js';

/**
 * Plays out what a graph would do if every run succeeded and took as long as its role took before: who runs, in which
 * order, for how long, and who never gets to. It moves the same ready set as the engine, one event after the other, so that
 * it costs what there is to run and not what there is.
 *
 * It knows nothing of failures, of nodes that come or go, or of work that is not in the graph it is given.
 */
export interface ForecastOptions {
  /** Most runs at a time. */
  readonly cap: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How long a run of a role took, in milliseconds; a role without a past run takes as long as the middle one of these. */
  readonly durations: ReadonlyMap<RoleId, number>;
  /** Noderoles that are held now, and let go one list after the other, each once the work before it has ended. */
  readonly waves?: readonly (readonly NodeRoleId[])[];
  /** Pause between two waves, in milliseconds. */
  readonly pauseMs?: number;
}

export interface Forecast {
  /** Everything that runs, in the order in which it begins; a noderole that runs twice is in it twice. */
  readonly runs: readonly NodeRoleId[];
  /** What ends up wanting a run and never gets one, as things stand. */
  readonly waiting: readonly NodeRoleId[];
  /** Milliseconds until the last run ends; null when no role has a past run. Runs in flight count with their whole length. */
  readonly ms: number | null;
  /** How many of the runs are of roles without a past run. */
  readonly withoutPast: number;
}

export const forecast = (draft: GraphDraft, options: ForecastOptions): Forecast => new Play(draft, options).play();

interface Seat {
  readonly nodeRole: NodeRole;
  readonly priority: number;
  readonly destructive: boolean;
  readonly children: Seat[];
  /** Those of the children whose edge counts. */
  readonly relying: Seat[];
  readonly parents: Seat[];
  stands: 'waits' | 'runs' | 'active' | 'aside';
  unmet: number;
  /** Destructive, and done before. */
  done: boolean;
  dirty: boolean;
  held: boolean;
  notBefore: number | null;
  /** Its run was in flight and doubted when the play began. */
  doubted: boolean;
  offered: boolean;
}

interface End {
  readonly at: number;
  readonly order: number;
  readonly seat: Seat;
}

class Play {
  private readonly seats = new Map<NodeRoleId, Seat>();
  private readonly ready = new ReadySet();
  private readonly ends = new Heap<End>((a, b) => (a.at !== b.at ? a.at < b.at : a.order < b.order));
  private readonly runs: NodeRoleId[] = [];
  private readonly waves: (readonly NodeRoleId[])[];
  private readonly usual: number | null;
  private clock: number;
  private lastEnd: number;
  private order = 0;
  private withoutPast = 0;

  constructor(
    private readonly draft: GraphDraft,
    private readonly options: ForecastOptions,
  ) {
    this.clock = options.now;
    this.lastEnd = options.now;
    this.waves = [...(options.waves ?? [])];
    this.usual = middle([...options.durations.values()]);
    this.seatAll();
  }

  play(): Forecast {
    do this.playWave();
    while (this.nextWave());
    const wanting = [...this.seats.values()].filter(
      ({ stands, dirty }) => stands === 'waits' || (stands === 'active' && dirty),
    );
    return {
      runs: this.runs,
      waiting: wanting.map(({ nodeRole }) => nodeRole.id),
      ms: this.usual === null && this.runs.length > 0 ? null : this.lastEnd - this.options.now,
      withoutPast: this.withoutPast,
    };
  }

  private playWave(): void {
    for (;;) {
      while (this.ready.running < this.options.cap) {
        const [item] = this.ready.take(1, this.clock);
        if (!item) break;
        this.begin(this.seats.get(item.id) as Seat);
      }
      const end = this.ends.peek();
      const wake = this.ready.running < this.options.cap ? this.ready.nextWake() : null;
      if (wake !== null && wake > this.clock && (!end || wake < end.at)) {
        this.clock = wake;
        continue;
      }
      if (!end) return;
      this.clock = end.at;
      for (let next = this.ends.peek(); next?.at === this.clock; next = this.ends.peek())
        this.finish((this.ends.pop() as End).seat);
      this.lastEnd = this.clock;
    }
  }

  private nextWave(): boolean {
    const wave = this.waves.shift();
    if (!wave) return false;
    this.clock += this.options.pauseMs ?? 0;
    for (const id of wave) {
      const seat = this.seats.get(id);
      if (!seat) continue;
      seat.held = false;
      this.offer(seat);
    }
    return true;
  }

  private begin(seat: Seat): void {
    const { id } = seat.nodeRole;
    seat.offered = false;
    seat.dirty = false;
    seat.notBefore = null;
    if (seat.done && seat.stands === 'waits') {
      this.ready.release(id);
      this.becomeActive(seat);
      return;
    }
    this.runs.push(id);
    const again = seat.stands === 'active';
    seat.stands = 'runs';
    this.awaitEnd(seat);
    if (again)
      for (const child of seat.relying) {
        child.unmet += 1;
        this.offer(child);
      }
    for (const neighbour of [...seat.parents, ...seat.children]) if (neighbour.dirty) this.offer(neighbour);
  }

  private awaitEnd(seat: Seat): void {
    const past = this.options.durations.get(seat.nodeRole.roleId);
    if (past === undefined) this.withoutPast += 1;
    this.ends.push({ at: this.clock + (past ?? this.usual ?? 0), order: (this.order += 1), seat });
  }

  private finish(seat: Seat): void {
    this.ready.release(seat.nodeRole.id);
    if (seat.doubted) seat.stands = 'waits';
    else this.becomeActive(seat);
    seat.doubted = false;
    seat.done = seat.destructive;
    this.offer(seat);
    for (const parent of seat.parents) if (parent.dirty) this.offer(parent);
  }

  private becomeActive(seat: Seat): void {
    seat.stands = 'active';
    for (const child of seat.relying) {
      child.unmet -= 1;
      this.offer(child);
    }
  }

  /** Puts a noderole in the ready set, or takes it out, as it stands now. */
  private offer(seat: Seat): void {
    const { id, nodeId, deploymentId, cohort, available } = seat.nodeRole;
    const { priority, notBefore } = seat;
    const again = seat.stands === 'active' && seat.dirty;
    const free = again
      ? !seat.parents.some(({ dirty }) => dirty) && !seat.children.some(({ stands }) => stands === 'runs')
      : seat.stands === 'waits';
    const may = free && seat.unmet === 0 && !seat.held && available;
    if (may === seat.offered) return;
    seat.offered = may;
    if (may)
      this.ready.put({
        id,
        nodeId,
        deploymentId,
        cohort,
        priority,
        notBefore,
        rerun: again,
        done: seat.done && !again,
      });
    else this.ready.remove(id);
  }

  private seatAll(): void {
    const { draft } = this;
    for (const node of draft.nodes.values()) this.ready.setNode(node.id, isReady(node) && node.frozen === 0);
    for (const { id, state, priority } of draft.deployments.values())
      this.ready.setDeployment(id, state === 'committed', priority);
    for (const nodeRole of draft.nodeRoles.values()) this.seats.set(nodeRole.id, this.seatOf(nodeRole));
    for (const seat of this.seats.values()) this.seatNeighbours(seat);
    for (const seat of this.seats.values()) {
      const { id, nodeId, deploymentId } = seat.nodeRole;
      if (seat.stands !== 'runs') continue;
      this.ready.hold(id, nodeId, deploymentId);
      this.awaitEnd(seat);
    }
    for (const seat of this.seats.values()) this.offer(seat);
  }

  private seatOf(nodeRole: NodeRole): Seat {
    const role = this.draft.role(nodeRole.roleId);
    const { state, unmet, dirty, held, notBefore } = nodeRole;
    const doubted = state === 'transition' && (nodeRole.doubted || !isAlive(this.draft.node(nodeRole.nodeId)));
    const stands =
      state === 'todo' || state === 'blocked'
        ? 'waits'
        : state === 'transition'
          ? 'runs'
          : state === 'active'
            ? 'active'
            : 'aside';
    const { priority, destructive } = role;
    const neighbours = { children: [], relying: [], parents: [] };
    return {
      nodeRole,
      priority,
      destructive,
      ...neighbours,
      stands,
      unmet,
      done: isDone(role, nodeRole),
      dirty,
      held,
      notBefore,
      doubted,
      offered: false,
    };
  }

  private seatNeighbours(seat: Seat): void {
    for (const edge of this.draft.edgesDown(seat.nodeRole.id)) {
      const child = this.seats.get(edge.childId);
      if (!child) continue;
      seat.children.push(child);
      child.parents.push(seat);
      if (this.draft.counts(edge)) seat.relying.push(child);
    }
  }
}

/** The middle one of several numbers; null when there are none. */
const middle = (numbers: readonly number[]): number | null =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? null;
