import { describe, expect, it } from 'vitest';
import { drawn, type DrawnDetails } from '#testkit';
import { placeAttrib, type Attrib } from '../attrib/attrib.js';
import type { AttribSources, Layer } from '../attrib/layers.js';
import { idOf, type NodeRoleId } from '../base/ids.js';
import type { JsonObject } from '../base/json.js';
import { isRefusal } from '../base/refusal.js';
import { changedNodeRoles, type AttribReaders, type ChangedNodeRoles } from './changed.js';

const attrib = (name: string, also: Partial<Attrib> = {}): Attrib => {
  const placed = placeAttrib({ name, map: name, schema: null });
  if (isRefusal(placed)) throw new Error(placed.detail);
  return { ...placed, ...also };
};

//  A declares port and user; B and C@n2 read port of A, D@n3 reads user; H wants the hint `slot` of its node
const text = 'A active --> B active\nA --> C@n2 active\nA --> D@n3 active\nH active\nA@n4 active';
const links: [parent: string, attrib: string, child: string][] = [
  ['A', 'port', 'B'],
  ['A', 'port', 'C@n2'],
  ['A', 'user', 'D@n3'],
];

const concerned = (
  edit: { layer?: Layer; of?: string[]; before: JsonObject; after: JsonObject },
  sources: Readonly<Record<string, AttribSources>> = {},
  details: DrawnDetails = {},
): ChangedNodeRoles => {
  const readers: AttribReaders = {
    attribsOf: (roleId) => (roleId === 'A' ? [attrib('port', { default: 80 }), attrib('user')] : []),
    sourcesOf: (id) => sources[id] ?? {},
    readersOf: (id, name) =>
      links.flatMap(([parent, of, child]) => (parent === id && of === name ? [idOf<NodeRoleId>(child)] : [])),
    nodeSourcesOf: (id) => sources[id] ?? {},
    wantsOn: (id) => (id === 'n1' ? [{ nodeRoleId: idOf('H'), attrib: attrib('slot') }] : []),
  };
  const { layer = 'deployment_role.user', of = ['A'], before, after } = edit;
  const graph = drawn(text, details);
  if (layer === 'node.hint')
    return changedNodeRoles(graph, { nodeRoles: [], nodes: [{ layer, nodeId: idOf('n1'), before, after }] }, readers);
  return changedNodeRoles(
    graph,
    { nodeRoles: [{ layer, nodeRoleIds: of.map((id) => idOf(id)), before, after }] },
    readers,
  );
};

describe('an edit concerns', () => {
  it('whoever declares or reads the attribute that differs, and nobody else', () => {
    const { because, changed, notRerun } = concerned({ before: { port: 80 }, after: { port: 81 } });
    expect(Object.fromEntries(because)).toEqual({ A: ['port'], B: ['port'], 'C@n2': ['port'] });
    expect([...changed]).toEqual(['A', 'B', 'C@n2']);
    expect(notRerun).toEqual([]);
  });

  it('nobody when only the order of keys, or something that nobody declares, differs', () => {
    expect(concerned({ before: { port: { a: 1, b: 2 } }, after: { port: { b: 2, a: 1 } } }).changed.size).toBe(0);
    expect(concerned({ before: {}, after: { stray: 1 } }).changed.size).toBe(0);
  });

  it('nobody when it says what the default said', () => {
    expect(concerned({ before: {}, after: { port: 80 } }).changed.size).toBe(0);
    expect(concerned({ before: {}, after: { port: 81 } }).changed.size).toBe(3);
  });

  it('only those noderoles where no higher layer hides it', () => {
    const sources: Record<string, AttribSources> = {
      A: { 'node_role.user': { data: { port: 99 }, object: 'A on n1' } },
    };
    const { changed } = concerned({ of: ['A', 'A@n4'], before: { port: 80 }, after: { port: 81 } }, sources);
    expect([...changed]).toEqual(['A@n4']);
  });

  it('whoever runs with a value that a jig reports anew', () => {
    expect([...concerned({ layer: 'node_role.wall', before: { user: 'a' }, after: { user: 'b' } }).changed]).toEqual([
      'A',
      'D@n3',
    ]);
  });

  it('noderoles of a node that want a hint of it', () => {
    expect([...concerned({ layer: 'node.hint', before: {}, after: { slot: 4 } }).changed]).toEqual(['H']);
    expect(concerned({ layer: 'node.hint', before: { slot: 4 }, after: { slot: 4, other: 1 } }).changed.size).toBe(0);
  });

  it('destructive ones apart, when they were done or are being done', () => {
    const roles = { B: { destructive: true }, C: { destructive: true } };
    const { changed, notRerun, because } = concerned(
      { before: { port: 80 }, after: { port: 81 } },
      {},
      { roles, nodeRoles: { 'C@n2': { state: 'todo', runCount: 0 } } },
    );
    expect([...changed]).toEqual(['A', 'C@n2']);
    expect(notRerun).toEqual(['B']);
    expect(because.get(idOf('B'))).toEqual(['port']);
  });
});
