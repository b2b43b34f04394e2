import type {
  BindingPlan,
  DeploymentId,
  EventDraft,
  NodeRoleId,
  PlannedEdge,
  PlannedNodeRole,
  RoleId,
  AttribLink,
} from '#core';

/** What a list of plans writes when all of them are carried out. */
export interface BindingWork {
  readonly nodeRoles: readonly PlannedNodeRole[];
  readonly edges: readonly PlannedEdge[];
  readonly links: readonly AttribLink[];
  readonly deploymentRoles: readonly { readonly deploymentId: DeploymentId; readonly roleId: RoleId }[];
  /** New values of noderoles that were in the database before. */
  readonly cohorts: ReadonlyMap<NodeRoleId, number>;
  readonly unmet: ReadonlyMap<NodeRoleId, number>;
  readonly events: readonly EventDraft[];
}

/** Adds plans up that were made one after the other: a later one may change what an earlier one made. */
export const gatherPlans = (plans: readonly BindingPlan[]): BindingWork => {
  const made = new Map<NodeRoleId, PlannedNodeRole>();
  const edges: PlannedEdge[] = [];
  const links: AttribLink[] = [];
  const deploymentRoles = new Map<string, { deploymentId: DeploymentId; roleId: RoleId }>();
  const cohorts = new Map<NodeRoleId, number>();
  const unmet = new Map<NodeRoleId, number>();
  const events: EventDraft[] = [];
  const note = (
    values: ReadonlyMap<NodeRoleId, number>,
    field: 'cohort' | 'unmet',
    others: Map<NodeRoleId, number>,
  ): void => {
    for (const [id, value] of values) {
      const mine = made.get(id);
      if (mine) made.set(id, { ...mine, [field]: value });
      else others.set(id, value);
    }
  };
  for (const plan of plans) {
    for (const nodeRole of plan.nodeRoles) made.set(nodeRole.id, nodeRole);
    for (const edge of plan.edges) edges.push(edge);
    for (const link of plan.links) links.push(link);
    for (const pair of plan.deploymentRoles) deploymentRoles.set(`${pair.deploymentId} ${pair.roleId}`, pair);
    note(plan.cohorts, 'cohort', cohorts);
    note(plan.unmet, 'unmet', unmet);
    for (const event of plan.events) events.push(event);
  }
  return {
    nodeRoles: [...made.values()],
    edges,
    links,
    deploymentRoles: [...deploymentRoles.values()],
    cohorts,
    unmet,
    events,
  };
};
