import { afterEach, describe, expect, it } from 'vitest';
import { commitDeployment, markChanged, retryNodeRole, setAlive, type Graph } from '#core';
import { drawn } from '#testkit';
import { Installation } from './installation.js';
import { known } from './lay-graph.js';

let installation: Installation;
const open = async (graph: Graph, options?: Parameters<typeof Installation.open>[1]): Promise<Installation> =>
  (installation = await Installation.open(graph, options));
afterEach(() => installation.close());

describe('an installation that anneals', () => {
  it('settles a committed graph across nodes, parents first', async () => {
    await open(
      drawn(
        `A --> B --> D@n2
         A --> C@n2 --> D@n2`,
        { deployments: { web: { state: 'proposed' } } },
      ),
    );
    await installation.hire();
    await installation.decide({ deployments: ['web'] }, (draft) =>
      commitDeployment(draft, known('web'), { changed: new Set(), held: new Set() }),
    );
    await installation.untilAllActive();
    const order = installation.jig.runs.map(({ roleName }) => roleName);
    expect(order[0]).toBe('A');
    expect(order.at(-1)).toBe('D');
    expect(await installation.findings()).toEqual([]);
  });

  it('tries again by itself after a failure, with a growing pause, as often as the role allows', async () => {
    await open(drawn('A todo', { roles: { A: { retry: { max: 2, backoffMs: 200, exitCodes: [] } } } }));
    installation.jig.tell('A', () => ({ kind: 'failed', reason: 'it broke', exitCode: 3 }));
    await installation.hire();
    await installation.untilState('A', 'error');
    expect(installation.jig.countOf('A')).toBe(3);
    const runs = await installation.rows<{ state: string; reason: string; exit_code: number; wait_ms: number }>(
      `SELECT state, reason, exit_code, extract(epoch FROM queued_at - lag(finished_at) OVER (ORDER BY queued_at))::float8 * 1000 AS wait_ms FROM runs ORDER BY queued_at`,
    );
    expect(runs.map(({ state, reason, exit_code }) => [state, reason, exit_code])).toEqual(
      Array(3).fill(['failed', 'it broke', 3]),
    );
    expect((runs[1] as { wait_ms: number }).wait_ms).toBeGreaterThanOrEqual(195);
    expect((runs[2] as { wait_ms: number }).wait_ms).toBeGreaterThanOrEqual(395);
    expect(await installation.findings()).toEqual([]);
  });

  it('does not try again after an exit code that the policy does not name', async () => {
    await open(drawn('A todo', { roles: { A: { retry: { max: 5, backoffMs: 10, exitCodes: [7] } } } }));
    installation.jig.tell('A', () => ({ kind: 'failed', reason: 'no', exitCode: 8 }));
    await installation.hire();
    await installation.untilState('A', 'error');
    expect(installation.jig.countOf('A')).toBe(1);
  });

  it('plans a run again that said not yet, after the time that it asked for', async () => {
    await open(drawn('A todo --> B blocked'));
    let asked = 0;
    installation.jig.tell('A', () =>
      (asked += 1) === 1 ? { kind: 'not-yet', reason: 'warming up', retryAfterMs: 700 } : { kind: 'succeeded' },
    );
    await installation.hire();
    await installation.untilAllActive();
    const [wait] = await installation.rows<{ ms: number }>(
      `SELECT extract(epoch FROM max(queued_at) - min(finished_at))::float8 * 1000 AS ms FROM runs JOIN node_roles nr ON nr.id = runs.node_role_id WHERE nr.cohort = 0`,
    );
    expect((wait as { ms: number }).ms).toBeGreaterThanOrEqual(695);
    expect(await installation.kinds('A')).toEqual(['transition', 'todo', 'transition', 'active']);
  });

  it('ends a run at its timeout, and says so', async () => {
    await open(drawn('A todo', { roles: { A: { timeoutMs: 300 } } }));
    const held = installation.jig.hold('A');
    await installation.hire();
    expect((await held.begun).signal.aborted).toBe(false);
    await installation.untilState('A', 'error');
    const [run] = await installation.rows<{ state: string; reason: string }>('SELECT state, reason FROM runs');
    expect(run).toEqual({ state: 'failed', reason: `it did not end within 0.3 s, the role's timeout` });
  });

  it('ends a run that an operator cancels', async () => {
    await open(drawn('A todo'));
    const held = installation.jig.hold('A');
    await installation.hire();
    const { runId } = await held.begun;
    await installation.dataSource.query(`UPDATE runs SET cancel_requested_by = 'ada' WHERE id = $1`, [runId]);
    await installation.untilState('A', 'error');
    const [run] = await installation.rows<{ state: string }>('SELECT state FROM runs');
    expect(run?.state).toBe('cancelled');
  });

  it('runs changed noderoles again, parents first, while their children stay active', async () => {
    await open(drawn('A active+dirty --> B active+dirty --> C active'));
    await installation.hire();
    await installation.untilAllActive();
    expect(installation.jig.runs.map(({ roleName }) => roleName)).toEqual(['A', 'B']);
    expect(await installation.kinds('C')).toEqual([]);
    expect(await installation.findings()).toEqual([]);
  });

  it('keeps the children of a re-run that failed where the role only warns, and blocks them where it says so', async () => {
    await open(
      drawn('A active+dirty --> B active\nC@n2 active+dirty --> D@n2 active', {
        roles: { C: { onRerunFailure: 'block' } },
      }),
    );
    for (const role of ['A', 'C'])
      installation.jig.tell(role, () => ({ kind: 'failed', reason: 'the new input is bad' }));
    await installation.hire();
    await installation.untilState('D@n2', 'blocked');
    await installation.until('A was run', async () => (await installation.kinds('A')).length === 2);
    expect(await installation.stateOf('A')).toBe('active');
    expect(await installation.stateOf('B')).toBe('active');
    expect(await installation.stateOf('C@n2')).toBe('error');
    expect(await installation.findings()).toEqual([]);
  });

  it('counts what destroys and was done before as done, without a run', async () => {
    await open(
      drawn('A todo --> B blocked', { roles: { A: { destructive: true } }, nodeRoles: { A: { runCount: 1 } } }),
    );
    await installation.hire();
    await installation.untilAllActive();
    expect(installation.jig.runs.map(({ roleName }) => roleName)).toEqual(['B']);
  });

  it('does not run what destroys again when an input changes', async () => {
    await open(drawn('A active --> B active', { roles: { A: { destructive: true } } }));
    await installation.hire();
    await installation.decide({ nodeRoles: ['A', 'B'] }, (draft) => {
      markChanged(draft, known('A'));
      markChanged(draft, known('B'));
      return null;
    });
    await installation.untilAllActive();
    expect(installation.jig.runs.map(({ roleName }) => roleName)).toEqual(['B']);
  });

  it('lets a run end whose node was lost, and works again when the node returns', async () => {
    await open(drawn('A todo --> B blocked'));
    const held = installation.jig.hold('A');
    await installation.hire();
    await held.begun;
    await installation.decide({ nodes: ['n1'] }, (draft) => setAlive(draft, known('n1'), false, 'no answer'));
    held.end({ kind: 'succeeded' });
    await installation.untilState('A', 'todo');
    expect(installation.jig.countOf('A')).toBe(1);
    await installation.decide({ nodes: ['n1'] }, (draft) => setAlive(draft, known('n1'), true, 'it answers'));
    await installation.untilAllActive();
    expect(installation.jig.countOf('A')).toBe(2);
    expect(await installation.findings()).toEqual([]);
  });

  it('starts nothing on a node with an error until it is mended', async () => {
    await open(drawn('A todo\nB todo\nC@n2 todo', { roles: { A: { priority: 1 } } }));
    installation.jig.tell('A', () => ({ kind: 'failed', reason: 'it broke' }));
    await installation.hire();
    await installation.untilState('C@n2', 'active');
    await installation.untilState('A', 'error');
    expect(installation.jig.countOf('B')).toBe(0);
    installation.jig.tell('A', () => ({ kind: 'succeeded' }));
    expect(
      await installation.decide({ nodeRoles: ['A'] }, (draft) =>
        retryNodeRole(draft, known('A'), { destroyAgain: false }),
      ),
    ).toBeNull();
    await installation.untilAllActive();
    expect(await installation.findings()).toEqual([]);
  });

  it('never has more runs than the cap, nor two on a node, at any instant', async () => {
    const nodes = Array.from({ length: 8 }, (_, index) => `n${index + 1}`);
    await open(drawn(nodes.flatMap((node) => [`A@${node} todo --> B@${node} blocked`, `C@${node} todo`]).join('\n')), {
      cap: 3,
    });
    for (const role of ['A', 'B', 'C'])
      installation.jig.tell(role, () => new Promise((resolve) => setTimeout(resolve, 15, { kind: 'succeeded' })));
    await Promise.all([installation.hire(), installation.hire()]);
    await installation.untilAllActive();
    const [most] = await installation.rows<{ all_runs: number; on_a_node: number }>(
      `WITH steps AS (SELECT seq, node_id, CASE WHEN kind = 'node_role.transition' THEN 1 ELSE -1 END AS step FROM events
                      WHERE kind = 'node_role.transition' OR data->>'from' = 'transition'),
       sums AS (SELECT sum(step) OVER (ORDER BY seq) AS all_runs, sum(step) OVER (PARTITION BY node_id ORDER BY seq) AS on_a_node FROM steps)
       SELECT max(all_runs)::int AS all_runs, max(on_a_node)::int AS on_a_node FROM sums`,
    );
    expect(most).toEqual({ all_runs: 3, on_a_node: 1 });
    expect(await installation.findings()).toEqual([]);
  });

  it('runs what is more important first, and shares the cap between deployments', async () => {
    const graph = drawn('A@n1 todo\nA@n2 todo\nA@n3 todo\nB@n4 todo', {
      nodeRoles: { 'B@n4': { deploymentId: known('other') } },
    });
    graph.deployments.set(known('other'), {
      id: known('other'),
      name: 'other',
      parentId: known('system'),
      system: false,
      state: 'committed',
      priority: 5,
    });
    await open(graph, { cap: 1 });
    await installation.hire();
    await installation.untilAllActive();
    expect(installation.jig.runs[0]?.roleName).toBe('B');
  });
});
