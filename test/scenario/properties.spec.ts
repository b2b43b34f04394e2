import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { explain, GraphDraft, planPass, readySetOf, type Graph, type NodeRoleId } from '#core';
import { ancestryOf, edgesOf, type World, type WorldWatch } from '#testkit';
import { histories, letSettle, takeStep, worldFrom, worldPlans } from './history.js';
import { flawsOf } from './why.js';

/**
 * What holds in every graph after every history. The audit runs after each step of all of these; a failure prints the seed
 * and the smallest plan and history that show it.
 */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 300);
const runs = { numRuns };
vi.setConfig({ testTimeout: 60_000 + numRuns * 100 });

/** The parents that count, read from the edges alone. */
const parentsOf = (graph: Graph, id: NodeRoleId) =>
  edgesOf(graph)
    .filter((edge) => edge.childId === id && !edge.pending)
    .map((edge) => graph.nodeRole(edge.parentId));

const neighboursOf = (graph: Graph, id: NodeRoleId) => ({
  changedParents: parentsOf(graph, id).filter(({ dirty }) => dirty),
  runningChildren: edgesOf(graph)
    .filter(({ parentId, childId }) => parentId === id && graph.nodeRole(childId).state === 'transition')
    .map(({ childId }) => childId),
});

const inTransition = (graph: Graph) => [...graph.nodeRoles.values()].filter(({ state }) => state === 'transition');

const watchEverything = (): WorldWatch => {
  let runsAgain: NodeRoleId | null = null;
  return {
    claims: (graph, id, rerun, now) => {
      runsAgain = rerun ? id : null;
      const nodeRole = graph.nodeRole(id);
      const node = graph.node(nodeRole.nodeId);
      expect(parentsOf(graph, id).filter(({ state }) => state !== 'active')).toEqual([]);
      expect(inTransition(graph).filter(({ nodeId }) => nodeId === nodeRole.nodeId)).toEqual([]);
      expect({ alive: node.alive || node.system, available: node.available, frozen: node.frozen }).toEqual({
        alive: true,
        available: true,
        frozen: 0,
      });
      expect(graph.deployment(nodeRole.deploymentId).state).toBe('committed');
      expect({ held: nodeRole.held, available: nodeRole.available, early: (nodeRole.notBefore ?? 0) > now }).toEqual({
        held: false,
        available: true,
        early: false,
      });
      if (rerun) expect(neighboursOf(graph, id)).toEqual({ changedParents: [], runningChildren: [] });
      expect(graph.role(nodeRole.roleId).destructive && nodeRole.runCount > 0).toBe(false);
    },
    decides: (whole, rule, decision) => {
      const again = new GraphDraft(whole);
      expect(rule(again)).toBeNull();
      expect(sorted(again.decision())).toEqual(sorted(decision));
      if (runsAgain) {
        // Whoever relied on it goes on; only those that had not begun wait.
        const moved = [...decision.changes.nodeRoles].filter(
          ([id, { state }]) => id !== runsAgain && state !== undefined,
        );
        expect(moved.map(([id, { state }]) => `${whole.nodeRole(id).state} -> ${state}`)).toEqual(
          moved.map(() => 'todo -> blocked'),
        );
      }
      runsAgain = null;
    },
    took: (graph, taken, cap, now) => {
      const anew = readySetOf(graph);
      expect(anew.take(Math.max(0, cap - anew.running), now).map(({ id }) => id)).toEqual(taken);
    },
  };
};

const sorted = ({ changes }: ReturnType<GraphDraft['decision']>) => ({
  nodeRoles: [...changes.nodeRoles].sort(),
  nodes: [...changes.nodes].sort(),
  deployments: [...changes.deployments].sort(),
  edges: changes.edgesCounted.map(({ parentId, childId }) => `${parentId} ${childId}`).sort(),
});

/** Destructive noderoles that failed and ran again although nobody said so, read from the history alone. */
const repeatedDestruction = ({ events, graph }: World): string[] => {
  const failed = new Set<NodeRoleId>();
  const repeated: string[] = [];
  for (const { kind, nodeRoleId: id, data } of events) {
    const nodeRole = id && graph.nodeRoles.get(id);
    if (!nodeRole || !graph.role(nodeRole.roleId).destructive) continue;
    if (kind === 'node_role.error') failed.add(id);
    else if (kind === 'node_role.proposed' || data?.['by'] === 'retry') failed.delete(id);
    else if (kind === 'node_role.transition' && failed.has(id)) repeated.push(graph.nameOf(id));
  }
  return repeated;
};

describe('in every graph, after every history', () => {
  it('the audit is clean, slices decide like the whole, re-runs keep their children, and nothing is claimed before its parents are active, twice on a node, over the cap, or to destroy again unasked', () => {
    fc.assert(
      fc.property(worldPlans, histories, (plan, history) => {
        const world = worldFrom(plan, {
          ...watchEverything(),
          stepped: (graph) => expect(inTransition(graph).length).toBeLessThanOrEqual(plan.cap),
        });
        for (const step of history) takeStep(world, step);
        expect(repeatedDestruction(world)).toEqual([]);
      }),
      runs,
    );
  });

  it('whatever is not done says why: true, complete, and the same from a slice; what is planned was said to be about to run', () => {
    fc.assert(
      fc.property(worldPlans, histories, (plan, history) => {
        const world = worldFrom(plan);
        for (const step of history) takeStep(world, step);
        const { graph, cap, running } = world;
        const facts = { graph, cap, running, now: world.clock.now() };
        for (const nodeRole of graph.nodeRoles.values()) {
          const explanation = explain(graph, nodeRole.id, facts);
          expect([graph.nameOf(nodeRole.id), ...flawsOf(facts, nodeRole, explanation)]).toEqual([
            graph.nameOf(nodeRole.id),
          ]);
          expect(explain(ancestryOf(graph, [nodeRole.id]), nodeRole.id, facts)).toEqual(explanation);
        }
        const { runs: begin, reruns, skips } = planPass(graph, facts);
        for (const id of [...begin, ...reruns, ...skips])
          expect(explain(graph, id, facts).chain.map(({ kind }) => kind)).toEqual(['next-pass']);
        const open = planPass(graph, { cap: 1_000, now: facts.now });
        const served = new Set([...open.runs, ...open.reruns, ...open.skips].map((id) => graph.nodeRole(id).nodeId));
        const below = open.reruns.flatMap((id) => graph.children(id).map(({ nodeId }) => nodeId));
        for (const { id, nodeId } of graph.nodeRoles.values()) {
          const soon = explain(graph, id, { ...facts, cap: 1_000 }).chain[0]?.kind === 'next-pass';
          // A child whose parent is run again in this very pass gives its turn away, and its node with it.
          if (soon && !below.includes(nodeId)) expect(served).toContain(nodeId);
        }
      }),
      runs,
    );
  });

  it('passes come to an end, and then an unchanged graph plans nothing', () => {
    fc.assert(
      fc.property(worldPlans, histories, (plan, history) => {
        const world = worldFrom(plan);
        for (const step of history) takeStep(world, step);
        for (let passes = 0; world.pass() > 0; passes += 1) expect(passes).toBeLessThan(world.graph.nodeRoles.size + 1);
        expect(planPass(world.graph, { cap: world.cap, now: world.clock.now() })).toEqual({
          runs: [],
          reruns: [],
          skips: [],
        });
      }),
      runs,
    );
  });

  it('with every door open and jigs that succeed, everything becomes active and nothing waits to be run again', () => {
    fc.assert(
      fc.property(worldPlans, histories, (plan, history) => {
        const world = worldFrom(plan);
        for (const step of history) takeStep(world, step);
        letSettle(world);
        const left = [...world.graph.nodeRoles.values()].filter(({ state, dirty }) => state !== 'active' || dirty);
        expect(left.map(({ id, state }) => `${world.graph.nameOf(id)} ${state}`)).toEqual([]);
      }),
      runs,
    );
  });
});
