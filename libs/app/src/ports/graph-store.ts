import type { Decision, DeploymentId, Graph, NodeId, NodeRoleId } from '#core';

/** Where a slice begins. */
export interface SliceRoots {
  readonly nodeRoleIds?: readonly NodeRoleId[];
  readonly nodeIds?: readonly NodeId[];
  readonly deploymentIds?: readonly DeploymentId[];
}

/** Loads parts of the graph and saves what was decided about them. */
export interface GraphStore {
  /**
   * The roots, all their descendants, the direct parents of the roots, and the nodes, roles and deployments of all these.
   * Roots and descendants are locked until the transaction ends, in order of cohort, so that two slices never wait for
   * one another in a circle. Also the nodes and deployments named as roots.
   */
  slice(roots: SliceRoots): Promise<Graph>;
  /** The same as a slice, and nothing is locked: for a preview, which decides and does not save. */
  picture(roots: SliceRoots): Promise<Graph>;
  /**
   * The noderoles, all their ancestors and their children, and whatever is in error or in transition on the nodes of these:
   * what `explain` looks at; the named nodes and deployments as well. Nothing is locked.
   */
  ancestry(
    nodeRoleIds: readonly NodeRoleId[],
    nodeIds?: readonly NodeId[],
    deploymentIds?: readonly DeploymentId[],
  ): Promise<Graph>;
  /** Everything, or everything of some deployments, for the audit and for a leader that begins. Nothing is locked. */
  whole(deploymentIds?: readonly DeploymentId[]): Promise<Graph>;
  /** Writes the changes and appends the events of a decision that was made about `graph`. */
  save(graph: Graph, decision: Decision): Promise<void>;
}
