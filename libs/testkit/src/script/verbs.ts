import { ALL_NODE_ROLE_STATES, type Outcome, type Refusal } from '#core';
import { fullName, SCENARIO_FLAGS, type NodeRoleName, type ScenarioFlag } from './driver.js';
import type { Stage } from './stage.js';
import { durationIn, namesIn, numberIn, ScriptMistake, type Words } from './words.js';

/** A verb of the script language. `usage` is what README.md of the scenarios shows. */
export interface Verb {
  readonly usage: string;
  readonly says: string;
  act(stage: Stage, words: Words): Promise<void>;
}

const nodeRoleIn = (words: Words): NodeRoleName => ({ role: words.next(), node: words.next() });

/** One noderole, or several where the node is a range. */
const nodeRolesIn = (words: Words): NodeRoleName[] => {
  const role = words.next();
  return namesIn(words.next()).map((node) => ({ role, node }));
};

/** A verb about one thing that may be refused. */
const asks = (usage: string, says: string, ask: (stage: Stage, words: Words) => Promise<Refusal | null>): Verb => ({
  usage,
  says,
  act: async (stage, words) => stage.answered(await ask(stage, words)),
});

const outcomeIn = (words: Words): Outcome => {
  const word = words.oneOf(['ok', 'fail', 'not-yet', 'lost']);
  if (word === 'ok') return { kind: 'succeeded' };
  if (word === 'fail') return { kind: 'failed', reason: words.optional() ?? 'it failed' };
  if (word === 'lost') return { kind: 'lost-contact', reason: words.optional() ?? 'lost contact' };
  return { kind: 'not-yet', retryAfterMs: durationIn(words.next()), reason: words.optional() ?? 'not yet' };
};

const OUTCOMES = 'ok | fail ["reason"] | not-yet TIME ["reason"] | lost ["reason"]';

const role: Verb = {
  usage:
    'role NAME [implicit] [cluster] [destructive] [service] [requires NAME ...] [on-error node|descendants] [on-rerun-failure warn|block] [priority N]',
  says: 'Defines a role. It requires roles that stand above it in the script.',
  act: async ({ driver }, words) => {
    const name = words.next();
    const flags: ScenarioFlag[] = [];
    const requires: string[] = [];
    let [onError, onRerunFailure, priority]: ['node' | 'descendants', 'warn' | 'block', number] = ['node', 'warn', 0];
    const KEYWORDS = [...SCENARIO_FLAGS, 'requires', 'on-error', 'on-rerun-failure', 'priority'] as const;
    let requiring = false;
    while (!words.done) {
      const word = words.next();
      const keyword = KEYWORDS.find((each) => each === word);
      if (!keyword && !requiring) throw new ScriptMistake(`"${word}" says nothing about a role: ${role.usage}`);
      if (!keyword) {
        requires.push(word);
        continue;
      }
      requiring = keyword === 'requires';
      if (keyword === 'on-error') onError = words.oneOf(['node', 'descendants']);
      else if (keyword === 'on-rerun-failure') onRerunFailure = words.oneOf(['warn', 'block']);
      else if (keyword === 'priority') priority = numberIn(words.next());
      else if (keyword !== 'requires') flags.push(keyword);
    }
    await driver.defineRole({ name, requires, flags, onError, onRerunFailure, priority });
  },
};

const node: Verb = {
  usage: 'node NAME|RANGE [alive|dead] [available|unavailable]',
  says: 'Adds a node, or several (n01..n25): alive and available unless it says otherwise.',
  act: async ({ driver }, words) => {
    const names = namesIn(words.next());
    const says = { alive: true, available: true };
    while (!words.done) {
      const word = words.oneOf(['alive', 'dead', 'available', 'unavailable']);
      if (word === 'alive' || word === 'dead') says.alive = word === 'alive';
      else says.available = word === 'available';
    }
    for (const name of names) await driver.addNode({ name, ...says });
  },
};

const deployment: Verb = {
  usage: 'deployment NAME [below NAME] [priority N]',
  says: 'Adds a deployment, below `system` unless it says otherwise. What is bound from now on is bound in it.',
  act: async (stage, words) => {
    const name = words.next();
    const below = words.take('below') ? words.next() : 'system';
    const priority = words.take('priority') ? numberIn(words.next()) : 0;
    await stage.driver.defineDeployment({ name, below, priority });
    stage.deployment = name;
  },
};

const bind: Verb = {
  usage: 'bind ROLE NODE|RANGE [in DEPLOYMENT]',
  says: 'Binds a role to a node, in the deployment that was named last.',
  act: async (stage, words) => {
    const nodeRoles = nodeRolesIn(words);
    const where = words.take('in') ? words.next() : stage.deployment;
    for (const nodeRole of nodeRoles) stage.answered(await stage.driver.bind(nodeRole, where));
  },
};

const finish: Verb = {
  usage: `finish ROLE NODE | any N | all  ${OUTCOMES}`,
  says: 'Ends a run in flight, the first few by name, or all of them.',
  act: async (stage, words) => {
    const first = words.next();
    const running = await stage.running();
    const chosen =
      first === 'all'
        ? running
        : first === 'any'
          ? running.slice(0, numberIn(words.next()))
          : [{ role: first, node: words.next() }];
    const outcome = outcomeIn(words);
    for (const nodeRole of chosen) stage.answered(await stage.driver.finish(nodeRole, outcome));
  },
};

const next: Verb = {
  usage: `next ROLE NODE  ${OUTCOMES}`,
  says: 'Says how the next run of a noderole ends in `settle`; said several times, the runs after that. Without it, runs end well.',
  act: async (stage, words) => {
    const nodeRole = nodeRoleIn(words);
    stage.ends(nodeRole, outcomeIn(words));
  },
};

const dirty: Verb = asks(
  'dirty ROLE NODE [times N]',
  'Changes an input of a noderole, so many times.',
  (stage, words) => {
    const nodeRole = nodeRoleIn(words);
    return stage.driver.changeInput(nodeRole, words.take('times') ? numberIn(words.next()) : 1);
  },
);

const move: Verb = {
  usage: 'move NODE to DEPLOYMENT [preview]',
  says: 'Moves a node into another deployment, or lists what would follow it.',
  act: async (stage, words) => {
    const name = words.next();
    if (!words.take('to')) throw new ScriptMistake(`"to" is missing: ${move.usage}`);
    const where = words.next();
    const preview = words.take('preview');
    const followers = await (preview ? stage.driver.previewMove(name, where) : stage.driver.move(name, where));
    const names = followers.map(fullName).sort().join(', ') || 'nothing';
    stage.say(preview ? `would follow: ${names}` : `followed: ${names}`);
  },
};

const expectThat: Verb = {
  usage: 'expect ROLE NODE STATE [paused] | N STATE | refused CODE | runs ROLE NODE N | run-count ROLE NODE N',
  says: 'Fails the script unless it is so. `refused` is about the answer before.',
  act: async (stage, words) => {
    const first = words.next();
    if (first === 'refused') return stage.expectRefused(words.next());
    if (first === 'runs' || first === 'run-count') {
      const nodeRole = nodeRoleIn(words);
      const counts = await stage.driver.runs(nodeRole);
      return stage.expect(
        `${first} of ${fullName(nodeRole)}`,
        first === 'runs' ? counts.handed : counts.runCount,
        numberIn(words.next()),
      );
    }
    const nodeRoles = await stage.driver.nodeRoles();
    if (/^\d+$/.test(first)) {
      const state = words.oneOf(ALL_NODE_ROLE_STATES);
      return stage.expect(`number in ${state}`, nodeRoles.filter((each) => each.state === state).length, Number(first));
    }
    const wanted = { role: first, node: words.next() };
    const state = words.oneOf(ALL_NODE_ROLE_STATES) + (words.take('paused') ? ', paused' : '');
    const found = nodeRoles.find((each) => each.role === wanted.role && each.node === wanted.node);
    return stage.expect(fullName(wanted), found ? stage.wordFor(found) : 'not bound', state);
  },
};

const explain: Verb = {
  usage: 'explain ROLE NODE',
  says: 'Prints why a noderole is not done, and what would move it.',
  act: async (stage, words) => {
    const { summary, moves } = await stage.driver.explain(nodeRoleIn(words));
    stage.say(summary);
    for (const command of moves) stage.say(`  ${command}`);
  },
};

const graph: Verb = {
  usage: 'graph',
  says: 'Prints every noderole with its deployment, its state and its parents.',
  act: async (stage) => {
    for (const nodeRole of await stage.driver.nodeRoles()) {
      const parents = (await stage.driver.parents(nodeRole)).map(fullName).sort().join(', ');
      stage.say(
        `${nodeRole.deployment}: ${fullName(nodeRole)} is ${stage.wordFor(nodeRole)}${parents ? `, below ${parents}` : ''}`,
      );
    }
  },
};

/** Every verb by its word. */
export const VERBS: Readonly<Record<string, Verb>> = {
  role,
  deployment,
  node,
  bind,
  cap: {
    usage: 'cap N',
    says: 'Sets how many runs may go on at once; it is 10 at first.',
    act: ({ driver }, words) => driver.setCap(numberIn(words.next())),
  },
  commit: asks('commit DEPLOYMENT | ROLE NODE', 'Commits a deployment, or one noderole.', ({ driver }, words) => {
    const first = words.next();
    return words.done ? driver.commit(first) : driver.commitNodeRole({ role: first, node: words.next() });
  }),
  propose: asks(
    'propose DEPLOYMENT | ROLE NODE',
    'Takes a deployment, or one noderole, back to editing.',
    ({ driver }, words) => {
      const first = words.next();
      return words.done ? driver.propose(first) : driver.proposeNodeRole({ role: first, node: words.next() });
    },
  ),
  recall: asks('recall DEPLOYMENT', 'Takes a commit back.', ({ driver }, words) => driver.recall(words.next())),
  pass: {
    usage: 'pass',
    says: 'Lets everything start that may, until nothing more can.',
    act: ({ driver }) => driver.pass(),
  },
  finish,
  next,
  settle: {
    usage: 'settle',
    says: 'Passes, and ends of all runs, and waits, until nothing moves any more.',
    act: (stage) => stage.settle(),
  },
  cancel: asks('cancel ROLE NODE', 'Cancels the run in flight.', ({ driver }, words) =>
    driver.cancel(nodeRoleIn(words)),
  ),
  retry: asks(
    'retry ROLE NODE [destroy-again]',
    'Runs a noderole again, even destruction that was done.',
    ({ driver }, words) => driver.retry(nodeRoleIn(words), { destroyAgain: words.take('destroy-again') }),
  ),
  dirty,
  kill: asks('kill NODE', 'The node dies.', ({ driver }, words) => driver.setAlive(words.next(), false)),
  return: asks('return NODE', 'It is alive again.', ({ driver }, words) => driver.setAlive(words.next(), true)),
  unavailable: asks('unavailable NODE', 'The operator keeps us off the node.', ({ driver }, words) =>
    driver.setAvailable(words.next(), false),
  ),
  available: asks('available NODE', 'The operator lets us work on it again.', ({ driver }, words) =>
    driver.setAvailable(words.next(), true),
  ),
  redeploy: asks('redeploy NODE', 'Deploys a node afresh.', ({ driver }, words) => driver.redeploy(words.next())),
  move,
  wait: {
    usage: 'wait TIME',
    says: 'Lets time go by: 200ms, 5s, 2m.',
    act: ({ driver }, words) => driver.wait(durationIn(words.next())),
  },
  expect: expectThat,
  explain,
  graph,
  audit: {
    usage: 'audit',
    says: 'Prints every broken invariant; there should be none.',
    act: async (stage) => stage.audited(await stage.driver.audit()),
  },
  show: {
    usage: 'show changes | counts',
    says: 'What is printed after each step: the noderoles that changed, or how many are in which state.',
    act: async (stage, words) => {
      stage.showing = words.oneOf(['changes', 'counts']);
    },
  },
};
