import type { NodeRoleState } from '../noderole/states.js';
import type { Edge, Graph, NodeRole } from './graph.js';

/**
 * A graph as a Mermaid flowchart, one box a node, for documents and for whoever reads a graph in a terminal or an issue.
 * What it prints depends on names and states only, so that two equal graphs look the same. Meant for graphs that a person
 * can take in; it draws everything it is given.
 */
export const mermaid = (graph: Graph): string => {
  const nodeRoles = [...graph.nodeRoles.values()].sort((a, b) => byText(graph.nameOf(a.id), graph.nameOf(b.id)));
  const handles = new Map(nodeRoles.map(({ id }, at) => [id, `r${at}`]));
  const nodes = [...graph.nodes.values()].sort((a, b) => byText(a.name, b.name));
  const boxes = nodes.flatMap(({ id, name }, at) => {
    const here = nodeRoles.filter(({ nodeId }) => nodeId === id);
    if (here.length === 0) return [];
    return [
      `  subgraph n${at}["${quoted(name)}"]`,
      ...here.map((nodeRole) => `    ${handles.get(nodeRole.id)}${vertex(graph, nodeRole)}`),
      '  end',
    ];
  });
  const arrows = nodeRoles.flatMap(({ id }) =>
    graph
      .edgesDown(id)
      .filter(({ childId }) => handles.has(childId))
      .map((edge) => `  ${handles.get(edge.parentId)} ${arrow(edge)} ${handles.get(edge.childId)}`),
  );
  const styles = Object.entries(COLOURS).map(
    ([state, fill]) => `  classDef ${state} fill:${fill},stroke:#444,color:#111`,
  );
  return ['flowchart TB', ...boxes, ...arrows.sort(), ...styles, ''].join('\n');
};

const COLOURS: Readonly<Record<NodeRoleState, string>> = {
  error: '#f4a6a6',
  active: '#a8dba8',
  todo: '#cfe2f3',
  transition: '#ffe599',
  blocked: '#e0e0e0',
  proposed: '#ffffff',
};

const vertex = (graph: Graph, { roleId, state }: NodeRole): string =>
  `["${quoted(graph.role(roleId).name)}<br/>${state.toUpperCase()}"]:::${state}`;

/** Pending edges are dotted, soft ones have no head. */
const arrow = ({ pending, soft }: Edge): string => (pending ? '-.->' : soft ? '---' : '-->');

/** Mermaid knows a quotation mark in a label only as an entity. */
const quoted = (text: string): string => text.replaceAll('"', '#quot;');

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
