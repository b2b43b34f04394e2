import { describe, expect, it } from 'vitest';
import { drawn, type DrawnDetails } from '#testkit';
import { idOf, type DeploymentId, type NodeId, type NodeRoleId } from '../base/ids.js';
import { Graph, type Edge, type NodeRole } from '../graph/graph.js';
import { explain, explainDeployment, explainNode } from './explain.js';
import { CAUSE_KINDS, type CauseKind, type Moment } from './explain/cause.js';

const $ = (name: string): NodeRoleId => idOf(name);
const quiet: Moment = { now: 1_000, cap: 10, running: 0 };
const of = (text: string, name: string, details: DrawnDetails = {}, moment: Partial<Moment> = {}) =>
  explain(drawn(text, details), $(name), { ...quiet, ...moment });

interface Case {
  readonly kind: CauseKind;
  readonly graph: string;
  readonly details?: DrawnDetails;
  readonly moment?: Partial<Moment>;
  readonly says: string;
  readonly moves: readonly string[];
}

/** The noderole that is asked about is A on n1. */
const CASES: readonly Case[] = [
  {
    kind: 'error',
    graph: 'A@n1 error',
    details: { nodeRoles: { 'A@n1': { status: 'exit 3' } } },
    says: 'A on n1 is in ERROR: exit 3.',
    moves: ['anneal logs A@n1', 'anneal node-roles retry A@n1'],
  },
  {
    kind: 'node-frozen',
    graph: 'A@n1 todo\nE@n1 error',
    says: 'A on n1 is TODO: n1 is frozen by E on n1; E on n1 is in ERROR.',
    moves: ['anneal logs E@n1', 'anneal node-roles retry E@n1'],
  },
  {
    kind: 'node-not-alive',
    graph: 'A@n1 todo',
    details: { nodes: { n1: { alive: false } } },
    says: 'A on n1 is TODO: n1 is not alive.',
    moves: ['anneal nodes show n1'],
  },
  {
    kind: 'node-not-available',
    graph: 'A@n1 todo',
    details: { nodes: { n1: { available: false } } },
    says: 'A on n1 is TODO: n1 is not available: an operator does not let us work on it.',
    moves: ['anneal nodes update n1 available=true'],
  },
  {
    kind: 'deployment-not-committed',
    graph: 'A@n1 todo',
    details: { deployments: { web: { state: 'proposed' } } },
    says: 'A on n1 is TODO: deployment web is not committed, so nothing in it starts.',
    moves: ['anneal deployments commit web'],
  },
  {
    kind: 'proposed',
    graph: 'A@n1 proposed',
    says: 'A on n1 is proposed and not committed.',
    moves: ['anneal node-roles commit A@n1'],
  },
  {
    kind: 'switched-off',
    graph: 'A@n1 todo',
    details: { nodeRoles: { 'A@n1': { available: false } } },
    says: 'A on n1 is TODO: A on n1 is switched off.',
    moves: ['anneal nodes update n1 target_role=null'],
  },
  {
    kind: 'held-by-rollout',
    graph: 'A@n1 todo+held',
    moment: {
      rollouts: new Map([
        [idOf<DeploymentId>('web'), { id: idOf('r1'), state: 'stopped', wave: 1, waves: 4, reason: '30 % failed' }],
      ]),
    },
    says: 'A on n1 is TODO: A on n1 is kept for a later wave of the rollout, which is stopped at wave 1 of 4: 30 % failed.',
    moves: ['anneal rollouts resume r1'],
  },
  {
    kind: 'run-waiting',
    graph: 'A@n1 transition',
    moment: { runs: new Map([[$('A@n1'), { state: 'waiting', deadline: 9_000 }]]) },
    says: 'A on n1 is TRANSITION: A on n1 waits for its node to report back.',
    moves: ['anneal logs -f A@n1', 'anneal node-roles cancel A@n1'],
  },
  {
    kind: 'run-in-flight',
    graph: 'A@n1 transition',
    says: 'A on n1 is TRANSITION: a run of A on n1 is going on.',
    moves: ['anneal logs -f A@n1', 'anneal node-roles cancel A@n1'],
  },
  {
    kind: 'run-queued',
    graph: 'A@n1 transition',
    moment: { runs: new Map([[$('A@n1'), { state: 'queued' }]]) },
    says: 'A on n1 is TRANSITION: a run of A on n1 is queued and has not begun.',
    moves: ['anneal node-roles cancel A@n1'],
  },
  {
    kind: 'too-early',
    graph: 'A@n1 todo',
    details: { nodeRoles: { 'A@n1': { notBefore: 5_000, status: 'no lease yet' } } },
    says: 'A on n1 is TODO: A on n1 is tried again later (no lease yet).',
    moves: [],
  },
  {
    kind: 'node-busy',
    graph: 'A@n1 todo\nB@n1 transition',
    says: 'A on n1 is TODO: n1 is busy with B on n1; a run of B on n1 is going on.',
    moves: ['anneal logs -f B@n1', 'anneal node-roles cancel B@n1'],
  },
  {
    kind: 'child-in-transition',
    graph: 'A@n1 active+dirty --> B@n2 transition',
    says: 'A on n1 is ACTIVE and to be run again: A on n1 is run again when B on n2, which relies on it, has ended; a run of B on n2 is going on.',
    moves: ['anneal logs -f B@n2', 'anneal node-roles cancel B@n2'],
  },
  {
    kind: 'cap-reached',
    graph: 'A@n1 todo',
    moment: { running: 10 },
    says: 'A on n1 is TODO: all 10 runs that may go on at once are going on.',
    moves: [],
  },
  {
    kind: 'next-pass',
    graph: 'A@n1 todo',
    says: 'A on n1 is TODO: A on n1 may run, and is handed a run when its turn comes.',
    moves: [],
  },
  {
    kind: 'parent-not-active',
    graph: 'P@n0 error --> A@n1 blocked',
    says: 'A on n1 is BLOCKED: it waits for P on n0, and P on n0 is in ERROR.',
    moves: ['anneal logs P@n0', 'anneal node-roles retry P@n0'],
  },
  {
    kind: 'parent-changed',
    graph: 'P@n0 active+dirty --> A@n1 active+dirty',
    details: { nodes: { n0: { available: false } } },
    says: 'A on n1 is ACTIVE and to be run again: it waits for P on n0, and n0 is not available: an operator does not let us work on it.',
    moves: ['anneal nodes update n0 available=true'],
  },
];

describe('a noderole that is not done says why', () => {
  it.each(CASES)('$kind', ({ kind, graph, details, moment, says, moves }) => {
    const explanation = of(graph, 'A@n1', details, moment);
    expect(explanation.chain[0]?.kind).toBe(kind);
    expect(explanation.summary).toBe(says);
    expect(explanation.moves).toEqual(moves);
  });

  it('whatever the reason: each kind of cause has a case here', () => {
    expect(CASES.map(({ kind }) => kind).sort()).toEqual(Object.keys(CAUSE_KINDS).sort());
  });

  it('and has nothing to say when it is done', () => {
    expect(of('A active', 'A')).toEqual({
      summary: 'A on n1 is ACTIVE and waits for nothing.',
      chain: [],
      also: [],
      moves: [],
    });
  });

  it('and tells since when, until when and by whom, as far as that is known', () => {
    const runs = new Map([[$('A'), { state: 'running', worker: 'w1', since: 400, deadline: 2_000 } as const]]);
    expect(of('A transition', 'A', {}, { runs }).chain[0]).toMatchObject({ since: 400, until: 2_000, worker: 'w1' });
    expect(of('A todo', 'A', { nodeRoles: { A: { notBefore: 7_000 } } }).chain[0]).toMatchObject({ until: 7_000 });
  });
});

describe('the chain of causes', () => {
  const chainOf = (text: string, name: string, details: DrawnDetails = {}) =>
    of(text, name, details).chain.map(({ kind, name: who }) => `${kind} ${who}`);

  it('goes up through everything that is blocked', () => {
    expect(chainOf('A@n1 error --> B@n2 blocked --> C@n3 blocked', 'C@n3')).toEqual([
      'parent-not-active B on n2',
      'parent-not-active A on n1',
      'error A on n1',
    ]);
  });

  it('names an error rather than a run that goes on, although it is farther away', () => {
    const graph = `
      E@n1 error      --> B@n2 blocked --> C@n3 blocked
      T@n4 transition --> C@n3
    `;
    expect(chainOf(graph, 'C@n3')).toEqual(['parent-not-active B on n2', 'parent-not-active E on n1', 'error E on n1']);
  });

  it('takes the shorter way to an error, and among equals the lower name', () => {
    const graph = `
      Z@n1 error --> C@n3 blocked
      Y@n2 error --> C@n3
      A@n4 error --> B@n5 blocked --> C@n3
    `;
    expect(chainOf(graph, 'C@n3')).toEqual(['parent-not-active Y on n2', 'error Y on n2']);
  });

  it('passes over parents whose edge does not count', () => {
    const graph = `
      P@n1 todo     --> A@n3 blocked
      M@n2 proposed ..> A@n3
    `;
    expect(chainOf(graph, 'A@n3')).toEqual(['parent-not-active P on n1', 'next-pass P on n1']);
  });

  it('ends at a frozen node with the error that freezes it', () => {
    const graph = `
      P@n1 todo --> A@n2 blocked
      E@n1 error
    `;
    expect(chainOf(graph, 'A@n2')).toEqual(['parent-not-active P on n1', 'node-frozen n1', 'error E on n1']);
  });

  it('tells what stands in the way besides', () => {
    const { summary, also } = of('P@n1 error --> A@n2 blocked', 'A@n2', { nodes: { n2: { alive: false } } });
    expect(also.map(({ kind }) => kind)).toEqual(['node-not-alive']);
    expect(summary).toBe(
      'A on n2 is BLOCKED: it waits for P on n1, and P on n1 is in ERROR. Besides, n2 is not alive.',
    );
  });

  it('shortens a long way in the summary and keeps it in the chain', () => {
    const graph = 'A@n1 error --> B@n1 blocked --> C@n1 blocked --> D@n1 blocked --> E@n1 blocked --> F@n1 blocked';
    const { summary, chain } = of(graph, 'F@n1');
    expect(chain).toHaveLength(6);
    expect(summary).toContain(
      'it waits for A on n1, through E on n1, D on n1, C on n1 and 1 more, and A on n1 is in ERROR.',
    );
  });
});

describe('many at once', () => {
  const graph = drawn(
    `
      A@n1 error --> B@n2 blocked --> C@n3 blocked
      A@n1       --> D@n3 blocked
      T@n4 transition
      Z@n5 active
      K@n6 todo
    `,
    { nodeRoles: { 'A@n1': { status: 'exit 1' } }, nodes: { n6: { alive: false } } },
  );

  it('fold into distinct roots, with how much each holds up', () => {
    const { roots, summary, waiting, total } = explainDeployment(graph, idOf<DeploymentId>('web'), quiet);
    expect(roots.map(({ cause, holdsUp, examples }) => [cause.kind, cause.name, holdsUp, examples])).toEqual([
      ['error', 'A on n1', 4, ['A on n1', 'B on n2', 'C on n3']],
      ['node-not-alive', 'n6', 1, ['K on n6']],
      ['run-in-flight', 'T on n4', 1, ['T on n4']],
    ]);
    expect([waiting, total]).toEqual([6, 7]);
    expect(summary).toBe(
      '6 of 7 noderoles of web are not done; 4 of these because A on n1 is in ERROR: exit 1. There are 2 other causes.',
    );
  });

  it('are told for one node', () => {
    expect(explainNode(graph, idOf<NodeId>('n3'), quiet)).toMatchObject({
      waiting: 2,
      total: 2,
      roots: [{ holdsUp: 2 }],
    });
    expect(explainNode(graph, idOf<NodeId>('n5'), quiet).summary).toBe(
      'n5 waits for nothing: everything there is active.',
    );
  });
});

describe('in a large graph', () => {
  /** Chains of 20 on nodes of their own; the first of each is in error or, in every other one, about to run. */
  const chains = (size: number): Graph => {
    const plain = drawn('A blocked').nodeRole($('A'));
    const nodeRoles: NodeRole[] = [];
    const edges: Edge[] = [];
    for (let at = 0; at < size; at += 1) {
      const [cohort, nodeId] = [at % 20, idOf<NodeId>(`n${Math.floor(at / 20)}`)];
      nodeRoles.push({
        ...plain,
        id: $(`${at}`),
        nodeId,
        cohort,
        state: cohort > 0 ? 'blocked' : Number(nodeId.slice(1)) % 2 ? 'error' : 'todo',
        unmet: cohort === 0 ? 0 : 1,
      });
      if (cohort > 0) edges.push({ parentId: $(`${at - 1}`), childId: $(`${at}`), soft: false, pending: false });
    }
    const { roles, deployments } = drawn('A blocked');
    const nodes = [...new Set(nodeRoles.map(({ nodeId }) => nodeId))].map((id) => ({
      id,
      name: id,
      alive: true,
      available: true,
      system: false,
      frozen: 0,
      onDisk: true,
    }));
    return new Graph({ nodeRoles, edges, nodes, roles: roles.values(), deployments: deployments.values() });
  };

  it('an explanation takes a moment, although the slice holds everything', () => {
    const size = Number(process.env['EXPLAIN_SIZE'] ?? 40_000);
    const graph = chains(size);
    const took = Array.from({ length: 100 }, (_, at) => {
      const id = $(`${((at * 7919 + 1) * 20 - 1) % size}`);
      const begun = performance.now();
      expect(explain(graph, id, { ...quiet, runs: new Map() }).chain).toHaveLength(20);
      return performance.now() - begun;
    }).sort((a, b) => a - b);
    if (process.env['EXPLAIN_SIZE'])
      console.log(`explain at ${size}: median ${took[50]?.toFixed(2)} ms, p99 ${took[98]?.toFixed(2)} ms`);
    // The worst of them depends on who else uses the machine.
    expect(took[50]).toBeLessThan(10);
  });
});
