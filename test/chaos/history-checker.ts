import type { History, HistoryEvent, HistoryNodeRole, HistoryRun } from './history/history.js';

/**
 * Reads a whole history and says what in it must never have happened. It knows the promises and not the engine: it keeps
 * its own picture of every noderole, node and run while it walks through the events, takes what the nodes saw from the
 * effect log, and in the end holds the rows against both. It shares no code with what it judges.
 */
export const checkHistory = (history: History): Violation[] => {
  const story = new Story(history);
  const found = [...checkNumbers(history)];
  for (const group of transactionsOf(history.events)) found.push(...story.follow(group));
  const runs = story.runs;
  return [...found, ...checkRuns(history, runs), ...checkEffects(history, runs), ...checkRest(history, story.states)];
};

export interface Violation {
  readonly rule: Rule;
  /** What happened, with the ids that it happened to. */
  readonly sentence: string;
}

/** Every rule, with the promise that it watches. */
export const RULES = {
  'gap-in-history': 'events are numbered from 1 without gaps, and the counter says how many there are',
  'illegal-transition': 'a noderole moves only along the table of states, from where it was',
  'child-before-parents': 'no run begins before every parent is active',
  'two-runs-on-node': 'a node has at most one open run',
  'over-the-cap': 'never more runs are open than the cap allows',
  'claim-on-lost-node': 'no run begins on a node that is dead or not available',
  'ripple-missing':
    'when a parent is not active, nothing that relies on it is left todo or active by the same transaction',
  'not-ended-once': 'every run that was claimed ends exactly once',
  'outcome-differs': 'the row of a run says what the history says of its end',
  'attempt-not-told': 'every further attempt of a run is in the history',
  'stale-effect': 'once a newer attempt of a run has worked on a node, an older one does not',
  'begun-twice': 'an attempt begins its work once',
  overlap: 'two attempts are never at work on one node, unless the engine had given up the first one',
  'success-without-work': 'what counts as done was begun and ended on its node by the attempt that counts',
  'work-nobody-asked-for': 'whatever worked on a node was a run of that node, in an attempt that was made',
  'destroyed-again': 'a destructive noderole works once, unless a person asks for more',
  'state-differs': 'the rows say what the history says',
  'not-settled': 'in the end nothing is in todo or transition, and what is blocked or in error can say why',
  miscounted: 'in the end every noderole counts the parents that are not active',
} as const;
export type Rule = keyof typeof RULES;

type State = 'error' | 'active' | 'todo' | 'transition' | 'blocked' | 'proposed';

const STATE_NUMBERS: Readonly<Record<number, State>> = {
  [-1]: 'error',
  0: 'active',
  1: 'todo',
  2: 'transition',
  3: 'blocked',
  4: 'proposed',
};
const STATES = new Set<string>(Object.values(STATE_NUMBERS));

const LEGAL: Readonly<Record<State, readonly State[]>> = {
  proposed: ['todo', 'blocked'],
  // Straight to active: only what destroys and was done before.
  todo: ['transition', 'blocked', 'active', 'proposed'],
  blocked: ['todo', 'proposed'],
  transition: ['active', 'error', 'todo', 'blocked'],
  // To transition: it is run again because an input changed.
  active: ['transition', 'todo', 'blocked', 'proposed'],
  error: ['todo', 'blocked', 'proposed'],
};

const OUTCOMES_OF_ENDED_RUNS = new Set(['succeeded', 'failed', 'not-yet', 'lost-contact', 'cancelled']);

/** Who acts for the system; everybody else is a person. */
const ENGINE = 'engine';

const violation = (rule: Rule, sentence: string): Violation => ({ rule, sentence });

const checkNumbers = ({ events, lastEvent }: History): Violation[] => {
  const wrong = events.findIndex(({ seq }, index) => seq !== index + 1);
  if (wrong !== -1)
    return [violation('gap-in-history', `event ${wrong + 1} has the number ${(events[wrong] as HistoryEvent).seq}`)];
  if (lastEvent !== events.length)
    return [violation('gap-in-history', `the counter says ${lastEvent}, there are ${events.length} events`)];
  return [];
};

/** Neighbours that began at the same microsecond were written by one transaction. */
const transactionsOf = (events: readonly HistoryEvent[]): HistoryEvent[][] => {
  const groups: HistoryEvent[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last && last[0]?.at === event.at) last.push(event);
    else groups.push([event]);
  }
  return groups;
};

interface RunStory {
  readonly nodeRoleId: string;
  readonly nodeId: string;
  readonly openedAt: number;
  closedAt: number | null;
  closings: number;
  outcome: string | null;
  /** Attempts that were told of. */
  readonly rescues: number[];
}

/** The picture of everything while the events go by. */
class Story {
  readonly states = new Map<string, State>();
  readonly runs = new Map<string, RunStory>();
  private readonly nodeRoles: ReadonlyMap<string, HistoryNodeRole>;
  private readonly parents = new Map<string, string[]>();
  private readonly children = new Map<string, string[]>();
  private readonly openOnNode = new Map<string, string>();
  private readonly openRunOf = new Map<string, string>();
  private readonly closedNodes = new Map<string, Set<'dead' | 'unavailable'>>();
  /** In transition because an input changed: what is below goes on relying on it. */
  private readonly runsAgain = new Set<string>();
  /** Destructive and done: it must not work again. */
  private readonly destroyed = new Set<string>();
  private open = 0;

  constructor(private readonly history: History) {
    this.nodeRoles = new Map(history.nodeRoles.map((nodeRole) => [nodeRole.id, nodeRole]));
    for (const { id } of history.nodeRoles) this.states.set(id, 'proposed');
    for (const { parentId, childId } of history.edges) {
      push(this.parents, childId, parentId);
      push(this.children, parentId, childId);
    }
  }

  /** Takes in one transaction. */
  follow(events: readonly HistoryEvent[]): Violation[] {
    const found: Violation[] = [];
    const changed = new Set<string>();
    for (const event of events) {
      found.push(...this.take(event));
      if (event.nodeRoleId && event.kind.startsWith('node_role.')) changed.add(event.nodeRoleId);
    }
    return [...found, ...this.checkRipple(changed, events[0] as HistoryEvent)];
  }

  private take(event: HistoryEvent): Violation[] {
    const { kind, nodeRoleId, nodeId, runId } = event;
    if (kind === 'run.rescued' && runId) this.runs.get(runId)?.rescues.push(Number(event.data['attempt']));
    if (nodeId && kind === 'node.dead') this.closed(nodeId).add('dead');
    if (nodeId && kind === 'node.alive') this.closed(nodeId).delete('dead');
    if (nodeId && kind === 'node.unavailable') this.closed(nodeId).add('unavailable');
    if (nodeId && kind === 'node.available') this.closed(nodeId).delete('unavailable');
    const to = kind.replace('node_role.', '');
    if (!nodeRoleId || !kind.startsWith('node_role.') || !STATES.has(to)) return [];
    return this.move(event, nodeRoleId, to as State);
  }

  private move(event: HistoryEvent, id: string, to: State): Violation[] {
    const nodeRole = this.nodeRoles.get(id);
    const from = this.states.get(id);
    if (!nodeRole || !from)
      return [violation('illegal-transition', `event ${event.seq} is about ${id}, which is not a noderole`)];
    const found: Violation[] = [];
    const say = (rule: Rule, sentence: string): void =>
      void found.push(violation(rule, `event ${event.seq}: ${nodeRole.name} (${id}) ${sentence}`));
    if (event.data['from'] !== from)
      say('illegal-transition', `is said to come from ${String(event.data['from'])}; it was ${from}`);
    if (!LEGAL[from].includes(to)) say('illegal-transition', `went from ${from} to ${to}`);
    if (from === 'todo' && to === 'active' && !(nodeRole.destructive && this.destroyed.has(id)))
      say('illegal-transition', 'counts as done and was never done');
    this.states.set(id, to);
    if (from === 'transition') this.close(event, id, to, say);
    if (to === 'transition') this.openRun(event, nodeRole, from, say);
    const byPerson = event.data['by'] === 'retry' && event.actor !== ENGINE;
    if (nodeRole.destructive && from === 'error' && !byPerson)
      say('destroyed-again', `left error for ${to} and nobody asked`);
    if (byPerson) this.destroyed.delete(id);
    return found;
  }

  private openRun(
    event: HistoryEvent,
    nodeRole: HistoryNodeRole,
    from: State,
    say: (rule: Rule, sentence: string) => void,
  ): void {
    const { id, nodeId } = nodeRole;
    const { runId, seq } = event;
    if (from === 'active') this.runsAgain.add(id);
    else this.runsAgain.delete(id);
    const waitsFor = (this.parents.get(id) ?? []).filter((parent) => this.states.get(parent) !== 'active');
    if (waitsFor.length > 0)
      say(
        'child-before-parents',
        `began while ${waitsFor.map((parent) => `${this.nodeRoles.get(parent)?.name} was ${this.states.get(parent)}`).join(', ')}`,
      );
    const closed = [...this.closed(nodeId)];
    if (closed.length > 0) say('claim-on-lost-node', `began on a node that was ${closed.join(' and ')}`);
    if (nodeRole.destructive && this.destroyed.has(id))
      say('destroyed-again', 'began once more after it had been done');
    if (!runId) return say('not-ended-once', 'is in transition without a run');
    if (this.runs.has(runId)) say('not-ended-once', `was given the run ${runId}, which had been given before`);
    const other = this.openOnNode.get(nodeId);
    if (other) say('two-runs-on-node', `began the run ${runId} on ${nodeId} while the run ${other} was open`);
    this.runs.set(runId, {
      nodeRoleId: id,
      nodeId,
      openedAt: seq,
      closedAt: null,
      closings: 0,
      outcome: null,
      rescues: [],
    });
    this.openOnNode.set(nodeId, runId);
    this.openRunOf.set(id, runId);
    this.open += 1;
    if (this.open > this.history.cap)
      say('over-the-cap', `is the ${this.open}th open run; the cap is ${this.history.cap}`);
  }

  private close(event: HistoryEvent, id: string, to: State, say: (rule: Rule, sentence: string) => void): void {
    const runId = this.openRunOf.get(id);
    this.runsAgain.delete(id);
    if (!runId || runId !== event.runId)
      return say('not-ended-once', `left transition with the run ${event.runId}; it was owned by ${runId ?? 'none'}`);
    const run = this.runs.get(runId) as RunStory;
    run.closings += 1;
    run.closedAt = event.seq;
    run.outcome = typeof event.data['outcome'] === 'string' ? event.data['outcome'] : 'succeeded';
    if (run.outcome === 'succeeded' && this.nodeRoles.get(id)?.destructive) this.destroyed.add(id);
    if (run.outcome !== 'succeeded' && to === 'error' && !event.data['reason'])
      say('not-settled', 'is in error and nothing says why');
    this.openRunOf.delete(id);
    if (this.openOnNode.get(run.nodeId) === runId) this.openOnNode.delete(run.nodeId);
    this.open -= 1;
  }

  private checkRipple(changed: ReadonlySet<string>, event: HistoryEvent): Violation[] {
    const concerned = new Set([...changed].flatMap((id) => [id, ...(this.children.get(id) ?? [])]));
    const found: Violation[] = [];
    for (const id of concerned) {
      const state = this.states.get(id);
      if (state !== 'todo' && state !== 'active') continue;
      const lost = (this.parents.get(id) ?? []).filter((parent) => {
        const parentState = this.states.get(parent);
        const carries = state === 'active' && parentState === 'transition' && this.runsAgain.has(parent);
        return parentState !== 'active' && !carries;
      });
      if (lost.length === 0) continue;
      const names = lost
        .map((parent) => `${this.nodeRoles.get(parent)?.name} is ${this.states.get(parent)}`)
        .join(', ');
      found.push(
        violation(
          'ripple-missing',
          `after the transaction of event ${event.seq}, ${this.nodeRoles.get(id)?.name} (${id}) is ${state} while ${names}`,
        ),
      );
    }
    return found;
  }

  private closed(nodeId: string): Set<'dead' | 'unavailable'> {
    let reasons = this.closedNodes.get(nodeId);
    if (!reasons) this.closedNodes.set(nodeId, (reasons = new Set()));
    return reasons;
  }
}

/** Every run of the history ended, as its row says; every row is in the history. */
const checkRuns = ({ runs: rows }: History, runs: ReadonlyMap<string, RunStory>): Violation[] => {
  const found: Violation[] = [];
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  for (const [id, run] of runs) {
    const row = rowOf.get(id);
    if (run.closings !== 1)
      found.push(violation('not-ended-once', `the run ${id} of ${run.nodeRoleId} ended ${run.closings} times`));
    if (!row) found.push(violation('not-ended-once', `the run ${id} of ${run.nodeRoleId} has no row`));
    else if (run.outcome !== null && row.state !== run.outcome)
      found.push(violation('outcome-differs', `the run ${id} is ${row.state}; the history says ${run.outcome}`));
  }
  for (const row of rows) {
    const run = runs.get(row.id);
    if (!run) found.push(violation('not-ended-once', `the run ${row.id} of ${row.nodeRoleId} is not in the history`));
    if (!OUTCOMES_OF_ENDED_RUNS.has(row.state))
      found.push(violation('not-ended-once', `the run ${row.id} is still ${row.state}`));
    const told = [...new Set(run?.rescues ?? [])].sort((a, b) => a - b).join();
    const made = Array.from({ length: row.attempt - 1 }, (_, index) => index + 2).join();
    if (told !== made)
      found.push(
        violation(
          'attempt-not-told',
          `the run ${row.id} is in attempt ${row.attempt}; the history tells of ${told || 'none after the first'}`,
        ),
      );
  }
  return found;
};

interface Worked {
  readonly begins: Map<number, number>;
  readonly ends: Set<number>;
  /** The newest attempt that the node let work. */
  newest: number;
}

const checkEffects = (history: History, runs: ReadonlyMap<string, RunStory>): Violation[] => {
  const found: Violation[] = [];
  const rowOf = new Map(history.runs.map((row) => [row.id, row]));
  const destructive = new Set(history.nodeRoles.filter((nodeRole) => nodeRole.destructive).map(({ id }) => id));
  const worked = new Map<string, Worked>();
  const atWork = new Map<string, { runId: string; attempt: number; displaced: boolean }>();
  for (const line of history.effects) {
    const { n, what, runId, attempt, nodeId } = line;
    const say = (rule: Rule, sentence: string): void =>
      void found.push(violation(rule, `effect ${n}: attempt ${attempt} of the run ${runId} on ${nodeId} ${sentence}`));
    const now = atWork.get(nodeId);
    if (what === 'lost' && now?.runId === runId && now.attempt === attempt) atWork.delete(nodeId);
    if (what === 'displaced' && now) now.displaced = true;
    if (!line.accepted || (what !== 'begin' && what !== 'end')) continue;
    const row = rowOf.get(runId);
    if (!row || row.nodeId !== nodeId || attempt > row.attempt)
      say(
        'work-nobody-asked-for',
        row ? `is not of that node, or was never made (the last is ${row.attempt})` : 'is of a run that does not exist',
      );
    let work = worked.get(runId);
    if (!work) worked.set(runId, (work = { begins: new Map(), ends: new Set(), newest: 0 }));
    if (attempt < work.newest) say('stale-effect', `was let ${what} after attempt ${work.newest} had worked there`);
    work.newest = Math.max(work.newest, attempt);
    if (what === 'end') {
      work.ends.add(attempt);
      if (now?.runId === runId && now.attempt === attempt) atWork.delete(nodeId);
      continue;
    }
    if (work.begins.has(attempt)) say('begun-twice', 'was begun once more');
    work.begins.set(attempt, n);
    if (row && destructive.has(row.nodeRoleId) && work.begins.size > 1)
      say('destroyed-again', 'destroys, and is not the first attempt that did');
    if (now && !wasGivenUp(now, { runId, attempt }, runs))
      say('overlap', `began while attempt ${now.attempt} of the run ${now.runId} was at work`);
    atWork.set(nodeId, { runId, attempt, displaced: false });
  }
  for (const row of history.runs) found.push(...checkWork(row, worked.get(row.id)));
  return found;
};

/** Whether the engine had given up the one that is at work before the other could come: then the node ended it. */
const wasGivenUp = (
  first: { runId: string; attempt: number; displaced: boolean },
  second: { runId: string; attempt: number },
  runs: ReadonlyMap<string, RunStory>,
): boolean => {
  if (!first.displaced) return false;
  if (first.runId === second.runId) return second.attempt > first.attempt;
  const [ended, begun] = [runs.get(first.runId)?.closedAt ?? null, runs.get(second.runId)?.openedAt ?? null];
  return ended !== null && begun !== null && ended < begun;
};

const checkWork = (row: HistoryRun, work: Worked | undefined): Violation[] => {
  if (row.state !== 'succeeded' || (work?.begins.has(row.attempt) && work.ends.has(row.attempt))) return [];
  return [
    violation(
      'success-without-work',
      `the run ${row.id} succeeded in attempt ${row.attempt}, which never ${work?.begins.has(row.attempt) ? 'ended' : 'began'} on ${row.nodeId}`,
    ),
  ];
};

/** What was left behind. */
const checkRest = ({ nodeRoles, edges }: History, states: ReadonlyMap<string, State>): Violation[] => {
  const found: Violation[] = [];
  const stateOf = new Map(nodeRoles.map(({ id, state }) => [id, STATE_NUMBERS[state] as State]));
  const parents = new Map<string, string[]>();
  for (const { parentId, childId } of edges) push(parents, childId, parentId);
  const belowError = (id: string, seen = new Set<string>()): boolean =>
    (parents.get(id) ?? []).some((parent) => {
      if (seen.has(parent)) return false;
      seen.add(parent);
      return stateOf.get(parent) === 'error' || belowError(parent, seen);
    });
  for (const nodeRole of nodeRoles) {
    const { id, name, unmet, status } = nodeRole;
    const state = stateOf.get(id) as State;
    const say = (rule: Rule, sentence: string): void => void found.push(violation(rule, `${name} (${id}) ${sentence}`));
    if (states.get(id) !== state) say('state-differs', `is ${state}; the history says ${states.get(id)}`);
    const notActive = (parents.get(id) ?? []).filter((parent) => stateOf.get(parent) !== 'active').length;
    if (unmet !== notActive) say('miscounted', `counts ${unmet} parents that are not active; there are ${notActive}`);
    if (state === 'todo' || state === 'transition') say('not-settled', `is ${state}`);
    if (state === 'blocked' && !belowError(id)) say('not-settled', 'is blocked, and nothing above it is in error');
    if (state === 'error' && status === '') say('not-settled', 'is in error and nothing says why');
  }
  return found;
};

const push = (map: Map<string, string[]>, key: string, value: string): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};
