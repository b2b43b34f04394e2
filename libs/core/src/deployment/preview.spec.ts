import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn, type DrawnDetails } from '#testkit';
import { forecast } from '../anneal/forecast.js';
import { planPass } from '../anneal/plan-pass.js';
import { idOf, type DeploymentId, type NodeId, type NodeRoleId, type RoleId, type RunId } from '../base/ids.js';
import { isRefusal } from '../base/refusal.js';
import { GraphDraft } from '../graph/draft.js';
import { Graph } from '../graph/graph.js';
import { claimNodeRole, rerunNodeRole, skipNodeRole } from '../noderole/decide.js';
import { finishNodeRole } from '../noderole/finish.js';
import { commitDeployment } from './decide.js';
import { previewCommit, type Preview, type PreviewOptions } from './preview.js';

const web = idOf<DeploymentId>('web');
const ids = (...names: string[]): NodeRoleId[] => names.map((name) => idOf(name));
const NOW = 1_000_000;

const options = (also: Partial<PreviewOptions> & { changed?: readonly string[] } = {}): PreviewOptions => ({
  changes: { changed: new Set(ids(...(also.changed ?? []))), notRerun: [] },
  durations: new Map(),
  cap: 10,
  now: NOW,
  ...also,
});

const preview = (graph: Graph, also: Parameters<typeof options>[0] = {}): Preview => {
  const answer = previewCommit(graph, web, options(also));
  if (isRefusal(answer)) throw new Error(answer.detail);
  return answer;
};

const lasting = (durations: Record<string, number>): ReadonlyMap<RoleId, number> =>
  new Map(Object.entries(durations).map(([role, ms]) => [idOf(role), ms]));

describe('the preview of a commit', () => {
  it('lists what is added, in order of cohort', () => {
    const seen = preview(drawn('A proposed --> B proposed --> C@n2 proposed'));
    expect(seen).toMatchObject({
      added: ['A', 'B', 'C@n2'],
      order: [['A'], ['B'], ['C@n2']],
      rerun: [],
      blocked: [],
      waiting: [],
    });
  });

  it('lists what runs again since an input changed, and leaves the rest out', () => {
    expect(preview(drawn('A active --> B active\nC active'), { changed: ['A'] })).toMatchObject({
      added: [],
      rerun: ['A'],
      order: [['A']],
    });
  });

  it('lists what a new instance of a cluster blocks (W12)', () => {
    //  M, M@n2 --> C <.. M@n3
    const graph = drawn('M active --> C active\nM@n2 active --> C\nM@n3 proposed ..> C', {
      roles: { M: { cluster: true } },
    });
    expect(preview(graph)).toMatchObject({ added: ['M@n3'], blocked: ['C'], order: [['M@n3'], ['C']] });
  });

  it('lists what waited for the deployment to be committed again (W17)', () => {
    const graph = drawn('A todo --> B blocked', { deployments: { web: { state: 'proposed' } } });
    expect(preview(graph)).toMatchObject({ added: [], resumed: ['A', 'B'], order: [['A'], ['B']] });
    expect(preview(drawn('A todo --> B blocked'))).toMatchObject({ resumed: [], order: [] });
  });

  it('names what destroys, and what was done and is left alone', () => {
    const roles = { D: { destructive: true } };
    expect(
      preview(drawn('D proposed\nD@n2 active', { roles }), { changes: { changed: new Set(), notRerun: ids('D@n2') } }),
    ).toMatchObject({
      destructive: ['D'],
      notRerun: ['D@n2'],
      rerun: [],
    });
    const again = drawn('D proposed', { roles, nodeRoles: { D: { runCount: 1 } } });
    expect(preview(again)).toMatchObject({ added: ['D'], destructive: [], order: [] });
  });

  it('says what cannot run as things stand', () => {
    const graph = drawn('A@n2 proposed --> B proposed\nC proposed', { nodes: { n2: { alive: false } } });
    expect(preview(graph)).toMatchObject({ added: ['A@n2', 'C', 'B'], order: [['C']], waiting: ['A@n2', 'B'] });
  });

  it('lists what goes, and what goes on without it', () => {
    const graph = drawn('A active --> B@n2 active\nX todo ~~> Y@n2 blocked');
    expect(preview(graph, { unbind: ids('A', 'B@n2', 'X') })).toMatchObject({
      removed: ['B@n2', 'A', 'X'],
      resumed: ['Y@n2'],
    });
    expect(previewCommit(graph, web, options({ unbind: ids('A') }))).toMatchObject({ code: 'has-children' });
  });

  it('changes nothing', () => {
    const graph = drawn('A proposed --> B active');
    const before = JSON.stringify([...graph.nodeRoles]);
    preview(graph, { changed: ['B'] });
    expect(JSON.stringify([...graph.nodeRoles])).toBe(before);
  });
});

describe('the estimate', () => {
  it('is the length of the chain on one node, and of the longest where nodes work side by side', () => {
    const text = 'A proposed --> B proposed\nA@n2 proposed';
    expect(preview(drawn(text), { durations: lasting({ A: 3000, B: 2000 }) }).estimate).toEqual({
      ms: 5000,
      runs: 3,
      withoutPast: 0,
    });
  });

  it('grows when the cap is smaller than what could run', () => {
    const text = Array.from({ length: 25 }, (_, at) => `A@n${at} proposed`).join('\n');
    expect(preview(drawn(text), { durations: lasting({ A: 1000 }) }).estimate.ms).toBe(3000);
    expect(preview(drawn(text), { durations: lasting({ A: 1000 }), cap: 25 }).estimate.ms).toBe(1000);
  });

  it('takes a role without a past run to be as long as the middle one, and says how many are', () => {
    const durations = lasting({ A: 1000, B: 2000, C: 9000 });
    expect(preview(drawn('X proposed\nX@n2 proposed'), { durations }).estimate).toEqual({
      ms: 2000,
      runs: 2,
      withoutPast: 2,
    });
  });

  it('is none when nothing has ever run, and nothing when there is nothing to do', () => {
    expect(preview(drawn('A proposed')).estimate).toEqual({ ms: null, runs: 1, withoutPast: 1 });
    expect(preview(drawn('A active')).estimate).toEqual({ ms: 0, runs: 0, withoutPast: 0 });
  });

  it('counts runs in flight, which hold their node', () => {
    expect(
      preview(drawn('A transition\nB proposed'), { durations: lasting({ A: 3000, B: 1000 }) }).estimate,
    ).toMatchObject({ ms: 4000, runs: 1 });
  });

  it('waits for what may not run before a certain time', () => {
    const graph = drawn('A todo', { nodeRoles: { A: { notBefore: NOW + 500 } } });
    expect(preview(graph, { durations: lasting({ A: 1000 }) }).estimate.ms).toBe(1500);
  });

  it('adds the waves of a rollout and the pauses between them', () => {
    const seen = preview(drawn('A@n1 proposed\nA@n2 proposed\nA@n3 proposed'), {
      durations: lasting({ A: 1000 }),
      rollout: { size: 1, pauseMs: 100 },
    });
    expect(seen.waves).toEqual([['A@n1'], ['A@n2'], ['A@n3']]);
    expect(seen.estimate.ms).toBe(3200);
  });

  it('of 20,000 noderoles costs what there is to run (half a second; a quadratic one would take minutes)', () => {
    const graph = large(1000, 20);
    const before = performance.now();
    const seen = preview(graph, { durations: lasting({ R0: 1000 }), cap: 50 });
    const took = performance.now() - before;
    expect(seen.estimate).toMatchObject({ ms: 400_000, runs: 20_000 });
    expect(took).toBeLessThan(10_000);
  });
});

/** What really happens: commits, then anneals with the functions of the engine until nothing moves. */
const happen = (
  graph: Graph,
  seen: { changed: ReadonlySet<NodeRoleId>; durations: ReadonlyMap<RoleId, number>; cap: number },
) => {
  const draft = new GraphDraft(graph);
  commitDeployment(draft, web, { changed: seen.changed, held: new Set() });
  const afterCommit = new Map(draft.nodeRoles);
  const flying: { id: NodeRoleId; at: number; order: number }[] = [];
  const ran: NodeRoleId[] = [];
  let [clock, order, last] = [NOW, 0, NOW];
  const fly = (id: NodeRoleId): number =>
    flying.push({ id, at: clock + (seen.durations.get(draft.nodeRole(id).roleId) as number), order: (order += 1) });
  for (const { id, state } of draft.nodeRoles.values()) if (state === 'transition') fly(id);
  for (;;) {
    for (;;) {
      // One at a time, so that what a re-run keeps back is seen before the next is chosen.
      const running = flying.length;
      const plan =
        running < seen.cap ? planPass(draft, { cap: running + 1, now: clock }) : { runs: [], reruns: [], skips: [] };
      const [run, rerun, skip] = [plan.runs[0], plan.reruns[0], plan.skips[0]];
      if (skip) skipNodeRole(draft, skip);
      else if (run) claimNodeRole(draft, run, idOf<RunId>('run'));
      else if (rerun) rerunNodeRole(draft, rerun, idOf<RunId>('run'));
      else break;
      const begun = run ?? rerun;
      if (!skip && begun) {
        ran.push(begun);
        fly(begun);
      }
    }
    flying.sort((a, b) => a.at - b.at || a.order - b.order);
    if (flying.length === 0) break;
    clock = (flying[0] as { at: number }).at;
    last = clock;
    while (flying[0]?.at === clock)
      finishNodeRole(draft, (flying.shift() as { id: NodeRoleId }).id, { kind: 'succeeded' }, clock);
  }
  return { draft, afterCommit, ran, ms: last - NOW };
};

describe('what was previewed', () => {
  const states = [
    'active',
    'active',
    'active',
    'proposed',
    'proposed',
    'todo',
    'error',
    'transition',
    'active+dirty',
  ] as const;
  const nodes = ['n1', 'n2', 'n3'];
  const world = fc.record({
    places: fc.array(fc.tuple(fc.constantFrom(...nodes), fc.constantFrom(...states)), { minLength: 7, maxLength: 7 }),
    edges: fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.constantFrom('-->', '-->', '~~>')), { maxLength: 12 }),
    lengths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 7, maxLength: 7 }),
    changed: fc.subarray([0, 1, 2, 3, 4, 5, 6]),
    destructive: fc.subarray([0, 1, 2, 3, 4, 5, 6], { maxLength: 2 }),
    dead: fc.option(fc.constantFrom(...nodes), { nil: null }),
    elsewhere: fc.subarray([0, 1, 2, 3, 4, 5, 6], { maxLength: 2 }),
    open: fc.boolean(),
    cap: fc.integer({ min: 1, max: 3 }),
  });

  it('is what happens: who runs, how often, in which order, for how long, and who waits', () => {
    let moving = 0;
    fc.assert(
      fc.property(world, (given) => {
        const name = (at: number): string => `R${at}@${(given.places[at] as [string, string])[0]}`;
        const lines = soundStates(given.places, given.edges).map((state, at) => `${name(at)} ${state}`);
        for (const [a, b, arrow] of given.edges)
          if (a !== b) lines.push(`${name(Math.min(a, b))} ${arrow} ${name(Math.max(a, b))}`);
        const details: DrawnDetails = {
          roles: Object.fromEntries(given.destructive.map((at) => [`R${at}`, { destructive: true }])),
          nodes: given.dead ? { [given.dead]: { alive: false } } : {},
          deployments: { web: { state: given.open ? 'proposed' : 'committed' } },
          nodeRoles: Object.fromEntries(
            given.elsewhere.map((at) => [name(at), { deploymentId: idOf<DeploymentId>('other') }]),
          ),
        };
        const graph = drawn(unique(lines).join('\n'), details);
        const durations = lasting(Object.fromEntries(given.lengths.map((ms, at) => [`R${at}`, ms])));
        const changed = new Set(given.changed.map((at) => idOf<NodeRoleId>(name(at))));

        const seen = preview(graph, { changes: { changed, notRerun: [] }, durations, cap: given.cap });
        const real = happen(graph, { changed, durations, cap: given.cap });

        const proposedBefore = [...graph.nodeRoles.values()]
          .filter(({ state, deploymentId }) => state === 'proposed' && deploymentId === web)
          .map(({ id }) => id);
        expect([...seen.added].sort()).toEqual(proposedBefore.sort());
        for (const id of seen.rerun) expect(real.afterCommit.get(id)?.dirty).toBe(true);
        for (const id of seen.blocked) expect(real.afterCommit.get(id)?.state).toBe('blocked');
        expect(seen.estimate).toEqual({ ms: real.ms, runs: real.ran.length, withoutPast: 0 });
        const moved = new Set([...seen.added, ...seen.rerun, ...seen.blocked, ...seen.resumed]);
        expect([...seen.order.flat()].sort()).toEqual(unique(real.ran.filter((id) => moved.has(id))).sort());
        const wants = (id: NodeRoleId): boolean => {
          const { state, dirty } = real.draft.nodeRole(id);
          return state === 'todo' || state === 'blocked' || (state === 'active' && dirty);
        };
        expect([...seen.waiting].sort()).toEqual([...moved].filter(wants).sort());
        const draft = new GraphDraft(graph);
        commitDeployment(draft, web, { changed, held: new Set() });
        expect(forecast(draft, { durations, cap: given.cap, now: NOW }).runs).toEqual(real.ran);
        const settled = [...moved].filter((id) => !seen.waiting.includes(id));
        for (const id of settled) expect(real.draft.nodeRole(id)).toMatchObject({ state: 'active', dirty: false });
        moving += real.ran.length;
      }),
      { numRuns: 600 },
    );
    expect(moving).toBeGreaterThan(300);
  });
});

const unique = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];

/** States that go together: what has a parent that is not active waits, and a node has one run. */
const soundStates = (
  places: readonly (readonly [node: string, state: string])[],
  edges: readonly (readonly [number, number, string])[],
): string[] => {
  const states: string[] = [];
  const running = new Set<string>();
  for (const [at, [node, wished]] of places.entries()) {
    const parents = edges.flatMap(([a, b]) => (a !== b && Math.max(a, b) === at ? [Math.min(a, b)] : []));
    const unmet = parents.some((parent) => !states[parent]?.startsWith('active'));
    const state = wished === 'transition' && running.has(node) ? 'todo' : wished;
    if (state === 'transition') running.add(node);
    const waits = unmet && state !== 'proposed' && state !== 'transition';
    states.push(waits ? 'blocked' : unmet && state === 'transition' ? 'transition+doubted' : state);
  }
  return states;
};

/** `nodes` chains of `roles` each, all proposed. */
const large = (nodes: number, roles: number): Graph => {
  const sketch = drawn(Array.from({ length: roles }, (_, role) => `R${role} proposed`).join(' --> '));
  const chain = [...sketch.nodeRoles.values()];
  const names = Array.from({ length: nodes }, (_, at) => `m${at}`);
  const at = (id: string, node: string): NodeRoleId => idOf(`${id}@${node}`);
  return new Graph({
    nodeRoles: names.flatMap((node) =>
      chain.map((nodeRole) => ({ ...nodeRole, id: at(nodeRole.id, node), nodeId: idOf<NodeId>(node) })),
    ),
    edges: names.flatMap((node) =>
      chain
        .flatMap(({ id }) => sketch.edgesDown(id))
        .map((edge) => ({ ...edge, parentId: at(edge.parentId, node), childId: at(edge.childId, node) })),
    ),
    nodes: names.map((node) => ({ ...sketch.node(idOf('n1')), id: idOf<NodeId>(node), name: node })),
    roles: sketch.roles.values(),
    deployments: sketch.deployments.values(),
  });
};
