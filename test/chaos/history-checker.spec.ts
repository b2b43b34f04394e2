import { describe, expect, it } from 'vitest';
import type { EffectLine } from './effects/effect-log.js';
import { checkHistory, RULES, type Rule } from './history-checker.js';
import type { History, HistoryEvent, HistoryNodeRole, HistoryRun } from './history/history.js';

/**
 * Histories written by hand. The good one has two nodes; `web` on n1 stands on `base` on n1 and on `base` on n2, and
 * `disks` on n2 destroys. Each case spoils it in one place and names the rule that must see it.
 */
const nodeRole = (name: string, more: Partial<HistoryNodeRole> = {}): HistoryNodeRole => ({
  id: name,
  name,
  nodeId: name.split('@')[1] as string,
  destructive: name.startsWith('disks'),
  broken: false,
  state: 0,
  unmet: 0,
  status: '',
  ...more,
});

/** `base@n1 proposed>todo`, a run as `run=r1`, more data as `by=retry`; a new transaction begins with `/`. */
const eventsOf = (text: string): HistoryEvent[] => {
  let transaction = 0;
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line, index) => {
      if (line.startsWith('/') || index === 0) transaction += 1;
      const [subject, what, ...rest] = line.replace(/^\/\s*/, '').split(/\s+/) as [string, string, ...string[]];
      const more = new Map(rest.map((pair) => pair.split('=') as [string, string]));
      const [from, to] = what.split('>') as [string, string | undefined];
      const data: Record<string, unknown> = { ...(to ? { from } : {}) };
      for (const [key, value] of more)
        if (key !== 'run' && key !== 'actor') data[key] = key === 'attempt' ? Number(value) : value;
      return {
        seq: index + 1,
        at: `transaction ${transaction}`,
        kind: to ? `node_role.${to}` : what,
        nodeRoleId: to ? subject : null,
        nodeId: to ? (subject.split('@')[1] as string) : subject,
        runId: more.get('run') ?? null,
        actor: more.get('actor') ?? 'engine',
        data,
      };
    });
};

const GOOD = `
  / base@n1 proposed>todo
    base@n2 proposed>todo
    web@n1 proposed>blocked
    disks@n2 proposed>blocked
  / base@n1 todo>transition run=r1
    base@n2 todo>transition run=r2
  / base@n1 transition>active run=r1
  / x run.rescued run=r2 attempt=2
  / base@n2 transition>active run=r2
    web@n1 blocked>todo
    disks@n2 blocked>todo
    web@n1 todo>transition run=r3
    disks@n2 todo>transition run=r4
  / web@n1 transition>active run=r3
  / disks@n2 transition>active run=r4`;

const run = (id: string, nodeRoleId: string, attempt = 1): HistoryRun => ({
  id,
  nodeRoleId,
  nodeId: nodeRoleId.split('@')[1] as string,
  attempt,
  state: 'succeeded',
  reason: '',
});

/** `begin r1/1 n1`; a question mark refuses: `end? r1/1 n1`. */
const effectsOf = (text: string): EffectLine[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line, index) => {
      const [what, work, nodeId] = line.split(/\s+/) as [string, string, string];
      const [runId, attempt] = work.split('/') as [string, string];
      const word = what.replace('?', '') as EffectLine['what'];
      return {
        n: index + 1,
        at: index,
        what: word,
        accepted: !what.endsWith('?'),
        runId,
        attempt: Number(attempt),
        fence: 1,
        nodeId,
      };
    });

const WORK = `
  begin r1/1 n1
  begin r2/1 n2
  end r1/1 n1
  displaced r2/1 n2
  begin r2/2 n2
  end? r2/1 n2
  end r2/2 n2
  begin r3/1 n1
  begin r4/1 n2
  end r3/1 n1
  end r4/1 n2`;

const history = (
  more: { events?: string; work?: string } & Partial<Omit<History, 'events' | 'effects'>> = {},
): History => {
  const { events: text, work, ...rest } = more;
  const events = eventsOf(text ?? GOOD);
  return {
    cap: 2,
    lastEvent: events.length,
    events,
    runs: [run('r1', 'base@n1'), run('r2', 'base@n2', 2), run('r3', 'web@n1'), run('r4', 'disks@n2')],
    nodeRoles: ['base@n1', 'base@n2', 'web@n1', 'disks@n2'].map((name) => nodeRole(name)),
    edges: [
      { parentId: 'base@n1', childId: 'web@n1' },
      { parentId: 'base@n2', childId: 'web@n1' },
      { parentId: 'base@n2', childId: 'disks@n2' },
    ],
    effects: effectsOf(work ?? WORK),
    ...rest,
  };
};

const without = (text: string, line: string): string => {
  expect(text).toContain(line);
  return text.replace(line, '');
};
const instead = (text: string, line: string, other: string): string => {
  expect(text).toContain(line);
  return text.replace(line, other);
};
const rulesOf = (spoilt: History): Rule[] => [...new Set(checkHistory(spoilt).map(({ rule }) => rule))];

const RUNS = history().runs;
const runsWith = (id: string, more: Partial<HistoryRun>): HistoryRun[] =>
  RUNS.map((row) => (row.id === id ? { ...row, ...more } : row));
const nodeRolesWith = (id: string, more: Partial<HistoryNodeRole>): HistoryNodeRole[] =>
  history().nodeRoles.map((each) => (each.id === id ? { ...each, ...more } : each));

/** What happens to the good history, and which rule sees it. */
const SPOILT: readonly (readonly [says: string, rule: Rule, spoilt: () => History])[] = [
  [
    'an event is missing',
    'gap-in-history',
    () => ({ ...history(), events: history().events.filter(({ seq }) => seq !== 5) }),
  ],
  ['the counter is ahead', 'gap-in-history', () => history({ lastEvent: 99 })],
  [
    'a noderole goes where the table does not lead',
    'illegal-transition',
    () => history({ events: `${GOOD}\n / web@n1 active>error` }),
  ],
  [
    'an event comes from where the noderole was not',
    'illegal-transition',
    () => history({ events: `${GOOD}\n / web@n1 blocked>todo` }),
  ],
  [
    'what was never done counts as done',
    'illegal-transition',
    () => history({ events: instead(GOOD, 'base@n1 todo>transition run=r1', 'base@n1 todo>active') }),
  ],
  [
    'a run begins before a parent is active',
    'child-before-parents',
    () =>
      history({
        events: instead(
          GOOD,
          '/ x run.rescued run=r2 attempt=2',
          '/ web@n1 blocked>todo\n web@n1 todo>transition run=r3',
        ),
      }),
  ],
  [
    'a second run begins on a node',
    'two-runs-on-node',
    () =>
      history({ events: `${GOOD}\n / base@n2 active>transition run=r5\n / disks@n2 active>transition run=r6`, cap: 9 }),
  ],
  ['one run more than the cap is open', 'over-the-cap', () => history({ cap: 1 })],
  [
    'a run begins on a dead node',
    'claim-on-lost-node',
    () => history({ events: instead(GOOD, '/ x run.rescued', '/ n1 node.dead\n / x run.rescued') }),
  ],
  [
    'a run begins on a node that was taken away',
    'claim-on-lost-node',
    () =>
      history({
        events: instead(
          GOOD,
          '/ base@n1 todo>transition',
          '/ n1 node.unavailable actor=operator\n / base@n1 todo>transition',
        ),
      }),
  ],
  [
    'a parent is lost and its child stays active',
    'ripple-missing',
    () => history({ events: `${GOOD}\n / base@n1 active>todo why=lost` }),
  ],
  ['a run never ends', 'not-ended-once', () => history({ events: without(GOOD, '/ web@n1 transition>active run=r3') })],
  ['a run is claimed and has no row', 'not-ended-once', () => history({ runs: RUNS.filter(({ id }) => id !== 'r3') })],
  ['a row is still running', 'not-ended-once', () => history({ runs: runsWith('r3', { state: 'running' }) })],
  ['a row has no history', 'not-ended-once', () => history({ runs: [...RUNS, run('r9', 'web@n1')] })],
  [
    'a run is claimed twice',
    'not-ended-once',
    () => history({ events: `${GOOD}\n / web@n1 active>transition run=r3\n / web@n1 transition>active run=r3` }),
  ],
  [
    'the end of one run is told of another',
    'not-ended-once',
    () => history({ events: instead(GOOD, 'web@n1 transition>active run=r3', 'web@n1 transition>active run=r1') }),
  ],
  [
    'a row says failed where the history says that it went well',
    'outcome-differs',
    () => history({ runs: runsWith('r3', { state: 'failed', reason: 'x' }) }),
  ],
  [
    'a further attempt is not told',
    'attempt-not-told',
    () => history({ events: without(GOOD, '/ x run.rescued run=r2 attempt=2') }),
  ],
  [
    'an older attempt ends its work after a newer one began',
    'stale-effect',
    () => history({ work: instead(WORK, 'end? r2/1 n2', 'end r2/1 n2') }),
  ],
  [
    'an older attempt begins after a newer one',
    'stale-effect',
    () => history({ work: instead(WORK, 'end? r2/1 n2', 'begin r2/1 n2') }),
  ],
  [
    'an attempt begins twice',
    'begun-twice',
    () => history({ work: instead(WORK, 'end r1/1 n1', 'end r1/1 n1\nbegin r1/1 n1\nend r1/1 n1') }),
  ],
  [
    'two attempts are at work and the node ended neither',
    'overlap',
    () => history({ work: without(WORK, 'displaced r2/1 n2') }),
  ],
  [
    'a run is at work while the one before it was not over',
    'overlap',
    () => history({ work: instead(WORK, 'end r1/1 n1', ''), events: GOOD, runs: RUNS }),
  ],
  [
    'a run pushes another aside that was not over',
    'overlap',
    () =>
      history({
        work: instead(WORK, 'end r2/2 n2\n  begin r3/1 n1', 'begin r3/1 n1\n displaced r2/2 n2'),
        runs: RUNS,
        events: instead(GOOD, 'disks@n2 todo>transition run=r4', 'disks@n2 todo>transition run=r4')
          .replace('/ base@n2 transition>active run=r2', '')
          .concat('\n / base@n2 transition>active run=r2'),
      }),
  ],
  [
    'what counts as done never began',
    'success-without-work',
    () => history({ work: without(without(WORK, 'begin r3/1 n1'), 'end r3/1 n1') }),
  ],
  ['what counts as done never ended', 'success-without-work', () => history({ work: without(WORK, 'end r3/1 n1') })],
  [
    'a run works on a node that is not its own',
    'work-nobody-asked-for',
    () => history({ work: `${WORK}\nbegin r1/1 n2` }),
  ],
  ['an attempt works that nobody made', 'work-nobody-asked-for', () => history({ work: `${WORK}\nbegin r1/2 n1` })],
  ['a run works that does not exist', 'work-nobody-asked-for', () => history({ work: `${WORK}\nbegin r8/1 n1` })],
  [
    'what destroys is done again by itself',
    'destroyed-again',
    () =>
      history({
        events: `${GOOD}\n / disks@n2 active>todo why=lost\n / disks@n2 todo>transition run=r5\n / disks@n2 transition>active run=r5`,
      }),
  ],
  [
    'what destroys is tried again by itself after it failed',
    'destroyed-again',
    () =>
      history({
        events: GOOD.replace(
          '/ disks@n2 transition>active run=r4',
          '/ disks@n2 transition>error run=r4 outcome=failed reason=x\n / disks@n2 error>todo',
        ),
      }),
  ],
  [
    'a second attempt of what destroys has worked',
    'destroyed-again',
    () => history({ work: `${WORK}\nbegin r4/2 n2`, runs: runsWith('r4', { attempt: 2 }) }),
  ],
  [
    'a row is elsewhere than the history says',
    'state-differs',
    () => history({ nodeRoles: nodeRolesWith('web@n1', { state: -1, status: 'x' }) }),
  ],
  ['something is left todo', 'not-settled', () => history({ nodeRoles: nodeRolesWith('web@n1', { state: 1 }) })],
  [
    'something is left in transition',
    'not-settled',
    () => history({ nodeRoles: nodeRolesWith('web@n1', { state: 2 }) }),
  ],
  [
    'something is blocked for no reason',
    'not-settled',
    () => history({ nodeRoles: nodeRolesWith('web@n1', { state: 3 }) }),
  ],
  [
    'something is in error and does not say why',
    'not-settled',
    () => history({ nodeRoles: nodeRolesWith('web@n1', { state: -1 }) }),
  ],
  ['a count is wrong', 'miscounted', () => history({ nodeRoles: nodeRolesWith('web@n1', { unmet: 1 }) })],
];

describe('the history checker', () => {
  it('finds nothing wrong with a good history', () => {
    expect(checkHistory(history())).toEqual([]);
  });

  it('allows what a person asked for: what destroys is done again after a retry', () => {
    const events = `${GOOD}
      / disks@n2 active>todo by=retry actor=operator
      / disks@n2 todo>transition run=r5
      / disks@n2 transition>active run=r5`;
    const work = `${WORK}\nbegin r5/1 n2\nend r5/1 n2`;
    expect(checkHistory(history({ events, work, runs: [...RUNS, run('r5', 'disks@n2')] }))).toEqual([]);
  });

  it('allows that a child goes on relying on a parent that is run again', () => {
    const events = `${GOOD}
      / base@n1 active>transition run=r5
      / base@n1 transition>active run=r5`;
    const work = `${WORK}\nbegin r5/1 n1\nend r5/1 n1`;
    expect(checkHistory(history({ events, work, runs: [...RUNS, run('r5', 'base@n1')] }))).toEqual([]);
  });

  it('allows that work whose process died is followed by other work', () => {
    const work = instead(WORK, 'displaced r2/1 n2', 'lost r2/1 n2');
    expect(checkHistory(history({ work }))).toEqual([]);
  });

  it.each(SPOILT)('sees that %s (%s)', (_, rule, spoilt) => {
    expect(rulesOf(spoilt())).toContain(rule);
  });

  it('has a bad history for every rule', () => {
    expect([...new Set(SPOILT.map(([, rule]) => rule))].sort()).toEqual(Object.keys(RULES).sort());
  });
});
