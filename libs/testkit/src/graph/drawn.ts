import {
  ALL_NODE_ROLE_STATES,
  Graph,
  idOf,
  type Edge,
  type GraphDeployment,
  type GraphNode,
  type GraphRole,
  type NodeRole,
  type NodeRoleState,
} from '#core';

/**
 * Graphs drawn in text, for specs. A line is a path:
 *
 *     A active --> B@n2 todo ..> C proposed
 *
 * `A` is the role A on the node n1 (that is where whatever has no `@node` is), and a state is said once, where the
 * noderole is drawn first; marks follow it with a plus: `transition+rerun`, `active+dirty`. Arrows: `-->` an edge that
 * counts, `..>` one that is pending, `~~>` a soft one. Ids are what is drawn: `A`, `B@n2`, `n2`. Counts and cohorts are
 * worked out from the drawing. Every deployment lies below `system`, and all are committed.
 */
export const drawn = (text: string, details: DrawnDetails = {}): Graph => {
  const nodeRoles = new Map<string, NodeRole>();
  const edges: Edge[] = [];
  for (const line of text
    .split('\n')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [first, ...rest] = line.split(/\s+(-->|\.\.>|~~>)\s+/);
    let parentId = place(nodeRoles, first as string);
    for (let at = 0; at < rest.length; at += 2) {
      const childId = place(nodeRoles, rest[at + 1] as string);
      edges.push({ parentId, childId, soft: rest[at] === '~~>', pending: rest[at] === '..>' });
      parentId = childId;
    }
  }
  return complete([...nodeRoles.values()], edges, details);
};

export interface DrawnDetails {
  readonly roles?: Readonly<Record<string, Partial<GraphRole>>>;
  readonly nodes?: Readonly<Record<string, Partial<GraphNode>>>;
  readonly deployments?: Readonly<Record<string, Partial<GraphDeployment>>>;
  readonly nodeRoles?: Readonly<Record<string, Partial<NodeRole>>>;
}

/** What is drawn, one noderole a line, in the notation of `drawn`, by name. */
export const picture = (graph: Graph): string =>
  [...graph.nodeRoles.values()]
    .map((nodeRole) => [`${nodeRole.id} ${nodeRole.state}`, ...MARKS.filter((mark) => nodeRole[mark])].join('+'))
    .sort()
    .join('\n');

const MARKS = ['doubted', 'rerun', 'dirty', 'held', 'kept'] as const;
type Mark = (typeof MARKS)[number];

const place = (nodeRoles: Map<string, NodeRole>, drawing: string): NodeRole['id'] => {
  const [name, said] = drawing.trim().split(/\s+/) as [string, string | undefined];
  const id = idOf<NodeRole['id']>(name);
  if (said === undefined && nodeRoles.has(name)) return id;
  const [state, ...marks] = (said ?? 'proposed').split('+') as [NodeRoleState, ...Mark[]];
  if (!ALL_NODE_ROLE_STATES.includes(state)) throw new Error(`"${drawing}" is drawn in a state that does not exist`);
  const [role, node] = name.split('@') as [string, string | undefined];
  nodeRoles.set(name, {
    id,
    deploymentId: idOf('web'),
    roleId: idOf(role),
    nodeId: idOf(node ?? 'n1'),
    state,
    cohort: 0,
    unmet: 0,
    doubted: marks.includes('doubted'),
    rerun: marks.includes('rerun'),
    dirty: marks.includes('dirty'),
    held: marks.includes('held'),
    kept: marks.includes('kept'),
    available: true,
    runCount: state === 'active' ? 1 : 0,
    failures: 0,
    notBefore: null,
    runId: state === 'transition' ? idOf(`run-of-${name}`) : null,
    status: '',
  });
  return id;
};

const complete = (placed: readonly NodeRole[], edges: readonly Edge[], details: DrawnDetails): Graph => {
  const byId = new Map(placed.map((nodeRole) => [nodeRole.id, nodeRole]));
  const parentsOf = (id: NodeRole['id'], which: (edge: Edge) => boolean): NodeRole[] =>
    edges.filter((edge) => edge.childId === id && which(edge)).map((edge) => byId.get(edge.parentId) as NodeRole);
  const cohortOf = (id: NodeRole['id']): number =>
    Math.max(-1, ...parentsOf(id, () => true).map((parent) => cohortOf(parent.id))) + 1;
  const nodeRoles = placed.map((nodeRole) => ({
    ...nodeRole,
    cohort: cohortOf(nodeRole.id),
    unmet: parentsOf(nodeRole.id, (edge) => !edge.pending).filter((parent) => parent.state !== 'active').length,
    ...details.nodeRoles?.[nodeRole.id],
  }));
  const roles = unique(nodeRoles.map(({ roleId }) => roleId)).map((id): GraphRole => ({
    ...plainRole(id),
    ...details.roles?.[id],
  }));
  const freezes = ({ state, roleId }: NodeRole): boolean =>
    state === 'error' && roles.some(({ id, onError }) => id === roleId && onError === 'node');
  const nodes = unique(nodeRoles.map(({ nodeId }) => nodeId)).map((id): GraphNode => {
    const frozen = nodeRoles.filter((nodeRole) => nodeRole.nodeId === id && freezes(nodeRole)).length;
    return { id, name: id, alive: true, available: true, system: false, frozen, onDisk: true, ...details.nodes?.[id] };
  });
  const system: GraphDeployment = {
    id: idOf('system'),
    name: 'system',
    parentId: null,
    system: true,
    state: 'committed',
    priority: 0,
  };
  const deployments = unique(nodeRoles.map(({ deploymentId }) => deploymentId)).map((id): GraphDeployment => ({
    ...system,
    id,
    name: id,
    parentId: system.id,
    system: false,
    ...details.deployments?.[id],
  }));
  return new Graph({
    nodeRoles,
    edges,
    nodes,
    roles,
    deployments: [system, ...deployments.filter(({ id }) => id !== system.id)],
  });
};

const unique = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];

/** A role without any peculiarity. */
export const plainRole = (name: string): GraphRole => ({
  id: idOf(name),
  name,
  jig: 'test',
  destructive: false,
  cluster: false,
  onError: 'node',
  onRerunFailure: 'warn',
  scope: 'boot',
  priority: 0,
  retry: null,
  timeoutMs: null,
});
