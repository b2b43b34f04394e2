import { describe, expect, it } from 'vitest';
import { drawn, type DrawnDetails } from '#testkit';
import { hindrances } from './eligible.js';
import { planPass } from './plan-pass.js';
import { idOf } from '../base/ids.js';

const plan = (text: string, details: DrawnDetails = {}, cap = 10) =>
  planPass(drawn(text, details), { cap, now: 1_000 });
const nothing = { runs: [], reruns: [], skips: [] };

describe('a pass', () => {
  it('counts runs in flight against the cap', () => {
    const text = 'A@n1 transition\nA@n2 transition\nA@n3 todo\nA@n4 todo';
    expect(plan(text, {}, 3).runs).toEqual(['A@n3']);
    expect(plan(text, {}, 2)).toEqual(nothing);
    expect(plan(text, {}, 0)).toEqual(nothing);
  });

  it('leaves alone what a rollout holds and what is switched off', () => {
    expect(plan('A@n1 todo+held\nB@n2 todo', { nodeRoles: { 'B@n2': { available: false } } })).toEqual(nothing);
  });

  it('keeps away from a node whose noderole is in error, unless its role holds back descendants only', () => {
    expect(plan('A@n1 error\nD@n1 todo')).toEqual(nothing);
    expect(plan('A@n1 error\nD@n1 todo', { roles: { A: { onError: 'descendants' } } }).runs).toEqual(['D@n1']);
  });

  it('does not let a re-run that waits for a neighbour take the turn of others', () => {
    const text = `
      A@n1 active+dirty --> B@n2 transition
      Z@n1 todo
    `;
    expect(plan(text, {}, 2)).toEqual({ ...nothing, runs: ['Z@n1'] });
    const far = `
      P@n0 active+dirty --> A@n1 active+dirty
      Z@n1 todo
    `;
    expect(plan(far, { nodes: { n0: { available: false } } }, 1)).toEqual({ ...nothing, runs: ['Z@n1'] });
  });

  it('runs a changed parent again before its children, although they are ready on other nodes', () => {
    expect(plan('A@n1 active+dirty --> B@n2 todo')).toEqual({ ...nothing, reruns: ['A@n1'] });
  });

  it('skips destruction that was done, and never runs it again for a changed input', () => {
    const done = { roles: { X: { destructive: true } }, nodeRoles: { X: { runCount: 1 } } };
    expect(plan('X todo', done)).toEqual({ ...nothing, skips: ['X'] });
  });
});

describe('what keeps a noderole from running', () => {
  const of = (text: string, id: string, details: DrawnDetails = {}, busy = false) => {
    const graph = drawn(text, details);
    return hindrances(graph, graph.nodeRole(idOf(id)), { now: 1_000, busy });
  };

  it('is nothing when it may run', () => {
    expect(of('A todo', 'A')).toEqual([]);
  });

  it('is told in full, what matters most first', () => {
    const details: DrawnDetails = {
      nodes: { n1: { alive: false, available: false } },
      deployments: { web: { state: 'proposed' } },
      nodeRoles: { A: { available: false, notBefore: 2_000 } },
    };
    expect(of('A todo+held\nE error', 'A', details, true)).toEqual([
      'deployment-not-committed',
      'node-not-alive',
      'node-frozen',
      'held-by-rollout',
      'switched-off',
      'too-early',
      'node-busy',
    ]);
  });

  it('is a neighbour of a re-run', () => {
    expect(of('A@n1 active+dirty --> B@n2 active+dirty', 'B@n2')).toEqual(['parent-changed']);
    expect(of('A@n1 active+dirty --> B@n2 transition', 'A@n1')).toEqual(['child-in-transition']);
  });

  it('is only the will of the operator on a node that stands in for a deployment', () => {
    expect(of('A todo', 'A', { nodes: { n1: { alive: false, system: true } } })).toEqual([]);
    expect(of('A todo', 'A', { nodes: { n1: { alive: false, system: true, available: false } } })).toEqual([
      'node-not-available',
    ]);
  });
});
