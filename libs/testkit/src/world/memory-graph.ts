import {
  Graph,
  type Decision,
  type Edge,
  type GraphDeployment,
  type GraphNode,
  type GraphRole,
  type NodeRole,
} from '#core';

/** The rows of a graph, kept in memory: what a database is to the engine. */
export class MemoryGraph {
  private readonly nodeRoles = new Map<string, NodeRole>();
  private readonly nodes = new Map<string, GraphNode>();
  private readonly roles = new Map<string, GraphRole>();
  private readonly deployments = new Map<string, GraphDeployment>();
  private readonly edges = new Map<string, Edge>();
  private loaded: Graph | null = null;

  /** The whole graph as it is now; it does not change when the rows do. */
  load(): Graph {
    this.loaded ??= new Graph({
      nodeRoles: this.nodeRoles.values(),
      edges: this.edges.values(),
      nodes: this.nodes.values(),
      roles: this.roles.values(),
      deployments: this.deployments.values(),
    });
    return this.loaded;
  }

  putNodeRole = (nodeRole: NodeRole): void => this.put(this.nodeRoles, nodeRole.id, nodeRole);
  putNode = (node: GraphNode): void => this.put(this.nodes, node.id, node);
  putRole = (role: GraphRole): void => this.put(this.roles, role.id, role);
  putDeployment = (deployment: GraphDeployment): void => this.put(this.deployments, deployment.id, deployment);
  putEdge = (edge: Edge): void => this.put(this.edges, `${edge.parentId} ${edge.childId}`, edge);

  dropEdge({ parentId, childId }: Edge): void {
    this.edges.delete(`${parentId} ${childId}`);
    this.loaded = null;
  }

  /** Deletes a noderole with its edges. */
  dropNodeRole(id: NodeRole['id']): void {
    const graph = this.load();
    for (const edge of [...graph.edgesUp(id), ...graph.edgesDown(id)]) this.dropEdge(edge);
    this.nodeRoles.delete(id);
    this.loaded = null;
  }

  /** Writes what a decision changed. */
  save({ changes }: Decision): void {
    const graph = this.load();
    for (const [id, patch] of changes.nodeRoles) this.putNodeRole({ ...graph.nodeRole(id), ...patch });
    for (const [id, patch] of changes.nodes) this.putNode({ ...graph.node(id), ...patch });
    for (const [id, patch] of changes.deployments) this.putDeployment({ ...graph.deployment(id), ...patch });
    for (const edge of changes.edgesCounted) this.putEdge({ ...edge, pending: false });
  }

  private put<Value>(table: Map<string, Value>, id: string, value: Value): void {
    table.set(id, value);
    this.loaded = null;
  }
}
