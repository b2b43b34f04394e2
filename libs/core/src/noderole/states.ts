/**
 * The noderole state machine as data. Everything that may happen to a noderole stands in `TRANSITIONS`; what is not there
 * is refused. `checkTable` runs when a process starts and refuses a table with an unreachable or a dead-end state, and
 * `docs/states.md` is printed from these same rows.
 *
 * The numbers are public: automation compares them (docs/states.md).
 */
export const NODE_ROLE_STATES = {
  error: { code: -1, says: 'The last run failed; it waits for a person, or for its retry policy.' },
  active: { code: 0, says: 'The last run succeeded and its result was verified.' },
  todo: { code: 1, says: 'Every parent is active; it runs as soon as its node and the cap allow.' },
  transition: { code: 2, says: 'A run owns it.' },
  blocked: { code: 3, says: 'At least one parent is not active.' },
  proposed: { code: 4, says: 'Bound and still being edited; nobody has wished for it yet.' },
} as const;

export type NodeRoleState = keyof typeof NODE_ROLE_STATES;
export const ALL_NODE_ROLE_STATES = Object.keys(NODE_ROLE_STATES) as NodeRoleState[];

export const codeOf = (state: NodeRoleState): number => NODE_ROLE_STATES[state].code;

const BY_CODE = new Map(ALL_NODE_ROLE_STATES.map((state) => [codeOf(state), state]));

/** The state that a stored number stands for. Throws on a number that no state has: the column is constrained to these. */
export const stateOf = (code: number): NodeRoleState => {
  const state = BY_CODE.get(code);
  if (!state) throw new Error(`no noderole state has the number ${code}`);
  return state;
};

/** States in which nothing more happens by itself. */
const SETTLED: ReadonlySet<NodeRoleState> = new Set(['active', 'error', 'proposed']);
export const isSettled = (state: NodeRoleState): boolean => SETTLED.has(state);

/** States of noderoles that somebody wished for. */
export const isCommitted = (state: NodeRoleState): boolean => state !== 'proposed';

/** What can happen to a noderole. */
export const NODE_ROLE_COMMANDS = {
  commit: 'It is wished for.',
  claim: 'The annealer planned a run.',
  rerun: 'The annealer planned another run of an active noderole whose inputs changed.',
  skip: 'It was done before and stands, so it counts as done without a run.',
  succeed: 'Its run ended well.',
  fail: 'Its run ended badly.',
  defer: 'Its run asks to be planned again later.',
  retry: 'An operator wants it run again.',
  block: 'A parent left active.',
  unblock: 'Its last missing parent became active.',
  deactivate: 'Its node was lost.',
  propose: 'An operator takes it back to editing.',
  reset: 'Its node is deployed afresh.',
} as const;
export type NodeRoleCommand = keyof typeof NODE_ROLE_COMMANDS;

/** `by-parents` is todo when every parent is active, else blocked. */
export type Destination = NodeRoleState | 'by-parents';

export interface Transition {
  readonly from: NodeRoleState;
  readonly command: NodeRoleCommand;
  readonly to: Destination;
  /** The condition under which this row is the one that counts; rows of one pair are read in order. */
  readonly when?: TransitionCondition;
}

export const TRANSITION_CONDITIONS = {
  doubted: 'a parent left active, or the node was lost, while the run went on',
  destructive: 'its role destroys, so that only a person may have it done again',
  rerun: 'it was active before this run, and its children go on relying on it',
  'rerun-that-only-warns': 'it is a re-run and its role keeps its children when a re-run fails',
  'all-parents-active': 'every parent is active',
} as const;
export type TransitionCondition = keyof typeof TRANSITION_CONDITIONS;

export const TRANSITIONS: readonly Transition[] = [
  { from: 'proposed', command: 'commit', to: 'by-parents' },

  { from: 'todo', command: 'claim', to: 'transition' },
  { from: 'active', command: 'rerun', to: 'transition', when: 'all-parents-active' },
  { from: 'todo', command: 'skip', to: 'active' },

  { from: 'transition', command: 'succeed', to: 'by-parents', when: 'doubted' },
  { from: 'transition', command: 'succeed', to: 'active' },
  { from: 'transition', command: 'fail', to: 'error', when: 'destructive' },
  { from: 'transition', command: 'fail', to: 'by-parents', when: 'doubted' },
  { from: 'transition', command: 'fail', to: 'active', when: 'rerun-that-only-warns' },
  { from: 'transition', command: 'fail', to: 'error' },
  { from: 'transition', command: 'defer', to: 'by-parents', when: 'doubted' },
  { from: 'transition', command: 'defer', to: 'active', when: 'rerun' },
  { from: 'transition', command: 'defer', to: 'by-parents' },

  { from: 'error', command: 'retry', to: 'todo', when: 'all-parents-active' },
  { from: 'error', command: 'retry', to: 'blocked', when: 'destructive' },
  { from: 'active', command: 'retry', to: 'todo', when: 'all-parents-active' },

  { from: 'todo', command: 'block', to: 'blocked' },
  { from: 'active', command: 'block', to: 'blocked' },
  { from: 'error', command: 'block', to: 'error', when: 'destructive' },
  { from: 'error', command: 'block', to: 'blocked' },
  { from: 'blocked', command: 'unblock', to: 'todo' },

  { from: 'todo', command: 'deactivate', to: 'by-parents' },
  { from: 'active', command: 'deactivate', to: 'by-parents' },
  { from: 'error', command: 'deactivate', to: 'error', when: 'destructive' },
  { from: 'error', command: 'deactivate', to: 'by-parents' },
  { from: 'blocked', command: 'deactivate', to: 'by-parents' },

  { from: 'todo', command: 'propose', to: 'proposed' },
  { from: 'active', command: 'propose', to: 'proposed' },
  { from: 'error', command: 'propose', to: 'proposed' },
  { from: 'blocked', command: 'propose', to: 'proposed' },

  { from: 'todo', command: 'reset', to: 'proposed' },
  { from: 'active', command: 'reset', to: 'proposed' },
  { from: 'error', command: 'reset', to: 'proposed' },
  { from: 'blocked', command: 'reset', to: 'proposed' },
  { from: 'proposed', command: 'reset', to: 'proposed' },
];

/**
 * Where `command` leads from `from`, or undefined when the table has no such row.
 * `holds` says whether a row's condition is true; it is asked only for rows that have one.
 */
export const destination = (
  from: NodeRoleState,
  command: NodeRoleCommand,
  holds: (condition: TransitionCondition) => boolean,
): Destination | undefined =>
  TRANSITIONS.find((row) => row.from === from && row.command === command && (!row.when || holds(row.when)))?.to;

/**
 * Sentences about what is wrong with a table; empty when it is sound. Every state must be reachable from `proposed`, must
 * lead back to it, and an unconditional row must be the last of its pair.
 */
export const checkTable = (table: readonly Transition[] = TRANSITIONS): string[] => {
  const problems: string[] = [];
  const ends = (to: Destination): NodeRoleState[] => (to === 'by-parents' ? ['todo', 'blocked'] : [to]);
  const reach = (start: NodeRoleState, next: (state: NodeRoleState) => NodeRoleState[]): Set<NodeRoleState> => {
    const seen = new Set<NodeRoleState>([start]);
    for (const state of seen) for (const other of next(state)) seen.add(other);
    return seen;
  };
  const forward = reach('proposed', (state) =>
    table.filter((row) => row.from === state).flatMap((row) => ends(row.to)),
  );
  const backward = reach('proposed', (state) =>
    table.filter((row) => ends(row.to).includes(state)).map((row) => row.from),
  );
  for (const state of ALL_NODE_ROLE_STATES) {
    if (!forward.has(state)) problems.push(`no row leads to ${state}`);
    if (!backward.has(state)) problems.push(`${state} never leads back to proposed`);
  }
  const closed = new Set<string>();
  for (const { from, command, when } of table) {
    const pair = `${from} + ${command}`;
    if (closed.has(pair)) problems.push(`${pair} has a row after its unconditional one, which is never read`);
    if (!when) closed.add(pair);
  }
  return problems;
};
