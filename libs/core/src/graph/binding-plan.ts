import type { DeploymentId, NodeId, NodeRoleId, RoleId } from '../base/ids.js';
import type { EventDraft } from './draft.js';
import type { Edge } from './graph.js';

/** How the parent of an edge was chosen. Kept with the edge, so that the choice can be seen and changed. */
export const PARENT_CHOICES = {
  'same-node': 'The role it needs was bound to the same node.',
  'provider-on-node': 'A role that provides what it needs was bound to the same node.',
  deployment: 'The role it needs was bound in the same deployment.',
  'provider-in-deployment': 'A role that provides what it needs was bound in the same deployment.',
  'ancestor-deployment': 'What it needs was bound in a deployment above.',
  created: 'What it needs was bound nowhere, so it was bound along with it.',
  'cluster-peer': 'Every instance of a cluster role in a deployment is a parent.',
  precedes:
    'The parent says that it comes first where both are bound to a node, or to a deployment that the child finishes.',
  operator: 'An operator pointed it there.',
} as const;
export type ParentChoice = keyof typeof PARENT_CHOICES;

/** How many candidates are kept with an edge; `repoint` takes others too. */
export const CANDIDATES_MAX = 20;

export interface PlannedEdge extends Edge {
  readonly why: ParentChoice;
  /** The role that the child asked for, which the parent is or provides; null for a soft edge. */
  readonly neededRoleId: RoleId | null;
  /** All that would have done as well, the chosen one among them, by name of node; the first `CANDIDATES_MAX` of them. */
  readonly candidates: readonly NodeRoleId[];
}

/** A noderole to be made, proposed. */
export interface PlannedNodeRole {
  readonly id: NodeRoleId;
  readonly roleId: RoleId;
  readonly nodeId: NodeId;
  readonly deploymentId: DeploymentId;
  readonly state: 'proposed';
  readonly cohort: number;
  readonly unmet: number;
}

/** `childId` reads the attribute `attrib` from `parentId`. It counts as long as the edge between them counts. */
export interface AttribLink {
  readonly parentId: NodeRoleId;
  readonly childId: NodeRoleId;
  readonly attrib: string;
}

/** Everything that one binding writes, in one transaction or not at all. */
export interface BindingPlan {
  /** The noderole that was asked for. */
  readonly nodeRoleId: NodeRoleId;
  /** It was bound before: nothing is to be written. */
  readonly existing: boolean;
  /** To be made, parents before their children. */
  readonly nodeRoles: readonly PlannedNodeRole[];
  readonly edges: readonly PlannedEdge[];
  readonly links: readonly AttribLink[];
  /** Deployment roles that must be there. */
  readonly deploymentRoles: readonly { readonly deploymentId: DeploymentId; readonly roleId: RoleId }[];
  /** New cohorts of noderoles that were there. */
  readonly cohorts: ReadonlyMap<NodeRoleId, number>;
  /** New counts of missing parents of noderoles that were there. */
  readonly unmet: ReadonlyMap<NodeRoleId, number>;
  readonly events: readonly EventDraft[];
}
