import dagre from '@dagrejs/dagre';
import type { Graph } from '../../api/types';

/** What is drawn as one box: a noderole, or all that have something in common. */
export interface Box {
  readonly id: string;
  readonly label: string;
  readonly members: Graph['node_roles'];
}

export type Collapse = 'none' | 'role' | 'node' | 'cohort' | 'zone';

/** The failure zone of a node, by its name: a rack, a switch, a power feed. */
export type Zones = ReadonlyMap<string, string>;

const NO_ZONE = 'in no zone';

export interface Drawing {
  readonly boxes: readonly (Box & { readonly x: number; readonly y: number })[];
  readonly lines: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly soft: boolean;
  }[];
}

export const BOX = { width: 200, height: 66 } as const;

/** More noderoles of other deployments than this are drawn together by role, even where each has its own box. */
const OUTSIDE_MAX = 100;

const groupOf = (nodeRole: Graph['node_roles'][number], collapse: Collapse, zones: Zones): string => {
  switch (collapse) {
    case 'none':
      return nodeRole.name;
    case 'role':
      return nodeRole.role;
    case 'node':
      return nodeRole.node;
    case 'cohort':
      return `cohort ${nodeRole.cohort}`;
    case 'zone':
      return zones.get(nodeRole.node) ?? NO_ZONE;
  }
};

/** Boxes and the lines between them; what several noderoles of a box stand on is one line. */
export const boxesOf = ({ node_roles: nodeRoles, edges }: Graph, collapse: Collapse, zones: Zones = new Map()) => {
  const areManyOutside = nodeRoles.filter(({ outside }) => outside).length > OUTSIDE_MAX;
  const boxes = new Map<string, { id: string; label: string; members: Graph['node_roles'] }>();
  const boxOf = new Map<string, string>();
  for (const nodeRole of nodeRoles) {
    const isTogether = collapse === 'none' && areManyOutside && nodeRole.outside;
    const label = isTogether ? `${nodeRole.role}, elsewhere` : groupOf(nodeRole, collapse, zones);
    const box = boxes.get(label) ?? { id: label, label, members: [] };
    box.members.push(nodeRole);
    boxes.set(label, box);
    boxOf.set(nodeRole.id, label);
  }
  const lines = new Map<string, { id: string; from: string; to: string; soft: boolean }>();
  for (const { parent_id: parent, child_id: child, soft } of edges) {
    const [from, to] = [boxOf.get(parent), boxOf.get(child)];
    if (from === undefined || to === undefined || from === to) continue;
    const id = `${from} → ${to}`;
    const known = lines.get(id);
    lines.set(id, { id, from, to, soft: soft && (known?.soft ?? true) });
  }
  return { boxes: [...boxes.values()], lines: [...lines.values()] };
};

/** More boxes than this are put into columns: to untangle the lines of thousands takes longer than anybody waits. */
const ARRANGED_MAX = 400;
const GAP = { across: 14, along: 60 } as const;

/** What each box stands on. */
const parentsOf = (lines: Drawing['lines']): ReadonlyMap<string, readonly string[]> => {
  const parents = new Map<string, string[]>();
  for (const { from, to } of lines) {
    const known = parents.get(to);
    if (known) known.push(from);
    else parents.set(to, [from]);
  }
  return parents;
};

/** A column for each cohort; in it, each box as near as there is room to what it stands on. */
const inColumns = (boxes: readonly Box[], lines: Drawing['lines']): Drawing['boxes'] => {
  const cohort = new Map(boxes.map(({ id, members }) => [id, Math.min(...members.map((member) => member.cohort))]));
  const columns = [...new Set(cohort.values())].sort((a, b) => a - b);
  const parents = parentsOf(lines);
  const row = new Map<string, number>();
  return columns.flatMap((column, at) => {
    const own = boxes.filter(({ id }) => cohort.get(id) === column);
    const wish = new Map(
      own.map(({ id }, index) => {
        const rows = (parents.get(id) ?? []).flatMap((parent) => row.get(parent) ?? []);
        return [id, rows.length > 0 ? rows.reduce((sum, each) => sum + each, 0) / rows.length : index];
      }),
    );
    return [...own]
      .sort((a, b) => (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0))
      .map((box, index) => {
        row.set(box.id, index);
        return { ...box, x: at * (BOX.width + GAP.along), y: index * (BOX.height + GAP.across) };
      });
  });
};

/** Lays the boxes out from left to right, as they run. */
export const layOut = (graph: Graph, collapse: Collapse, zones: Zones = new Map()): Drawing => {
  const { boxes, lines } = boxesOf(graph, collapse, zones);
  if (boxes.length > ARRANGED_MAX) return { boxes: inColumns(boxes, lines), lines };
  const layout = new dagre.graphlib.Graph();
  layout.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 60 });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const { id } of boxes) layout.setNode(id, { ...BOX });
  for (const { from, to } of lines) layout.setEdge(from, to);
  dagre.layout(layout);
  return {
    boxes: boxes.map((box) => {
      const { x, y } = layout.node(box.id);
      return { ...box, x: x - BOX.width / 2, y: y - BOX.height / 2 };
    }),
    lines,
  };
};

/** Everything that a box stands on, and the box: the path that its waiting goes along. */
export const ancestorsOf = (lines: Drawing['lines'], id: string): ReadonlySet<string> => {
  const parents = parentsOf(lines);
  const found = new Set([id]);
  for (const each of found) for (const from of parents.get(each) ?? []) found.add(from);
  return found;
};
