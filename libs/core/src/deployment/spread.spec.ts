import { describe, expect, it } from 'vitest';
import { drawn } from '#testkit';
import { idOf, type DeploymentId, type NodeId } from '../base/ids.js';
import { addedClusters, spreadSentence, unevenSpread } from './spread.js';

const WEB = idOf<DeploymentId>('web');
const THREE = drawn('M@n1 active\nM@n2 proposed\nM@n3 proposed\nA@n1 proposed', { roles: { M: { cluster: true } } });

/** A category with so many zones, and the zones of nodes. */
const racks = (count: number, of: Record<string, string[]>, category = 'rack') =>
  new Map([[category, { count, of: new Map(Object.entries(of).map(([node, zones]) => [idOf<NodeId>(node), zones])) }]]);

const sentences = (...zones: Parameters<typeof racks>) =>
  unevenSpread(THREE, addedClusters(THREE, WEB, [idOf('M@n2')]), racks(...zones)).map((warning) =>
    spreadSentence(warning, 'M', warning.nodes),
  );

describe('the spread of a cluster over failure zones', () => {
  it('is looked at where a commit adds an instance, with those that are there already', () => {
    expect([...addedClusters(THREE, WEB, [idOf('M@n2'), idOf('A@n1')])]).toEqual([['M', ['n1', 'n2', 'n3']]]);
    expect([...addedClusters(THREE, WEB, [idOf('A@n1')])]).toEqual([]);
    expect([...addedClusters(drawn('M proposed', { roles: { M: { cluster: true } } }), WEB, [idOf('M')])]).toEqual([]);
  });

  it('is none when all stand in one zone', () => {
    expect(sentences(1, { n1: ['r1'], n2: ['r1'], n3: ['r1'] })).toEqual([
      'all 3 nodes of M stand in the rack r1 (n1, n2, n3): whatever takes that down takes the whole role down.',
    ]);
    expect(sentences(4, { n1: ['r1'], n2: ['r1'], n3: ['r1'] })).toEqual([
      'all 3 nodes of M stand in the rack r1 (n1, n2, n3), and 1 would do: there are 4 zones of the category rack.',
    ]);
  });

  it('is uneven when one zone has more than its share', () => {
    expect(sentences(3, { n1: ['r1'], n2: ['r2'], n3: ['r2'] })).toEqual([
      '2 of the 3 nodes of M stand in the rack r2 (n2, n3), and 1 would do: there are 3 zones of the category rack.',
    ]);
  });

  it('is as good as it can be with two of three in one of two zones, and one in each of three', () => {
    expect(sentences(2, { n1: ['r1'], n2: ['r2'], n3: ['r2'] })).toEqual([]);
    expect(sentences(3, { n1: ['r1'], n2: ['r2'], n3: ['r3'] })).toEqual([]);
  });

  it('counts neither nodes of which nothing is known nor those that outlive each of their zones', () => {
    expect(sentences(3, { n1: ['r1'] })).toEqual([]);
    expect(sentences(2, { n1: ['a', 'b'], n2: ['a', 'b'], n3: ['a', 'b'] }, 'power')).toEqual([]);
  });

  it('is looked at for each category that fails together, and for no other', () => {
    const all = { n1: ['x'], n2: ['x'], n3: ['x'] };
    for (const category of ['zone', 'rack', 'switch', 'power']) expect(sentences(2, all, category)).toHaveLength(1);
    expect(sentences(2, all, 'tag')).toEqual([]);
  });
});
