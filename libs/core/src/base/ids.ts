/**
 * Identifiers are UUIDs. Each kind has a type of its own, so that a node cannot be passed where a role is meant:
 * the brand exists for the compiler alone and costs nothing at run time.
 */
export type Branded<Kind extends string> = string & { readonly __kind: Kind };

export type NodeId = Branded<'node'>;
export type RoleId = Branded<'role'>;
export type NodeRoleId = Branded<'node_role'>;
export type DeploymentId = Branded<'deployment'>;
export type RunId = Branded<'run'>;
export type RolloutId = Branded<'rollout'>;

/** Says that a string read from outside is the id of a certain kind. No check is made: the reader knows the column. */
export const idOf = <Id extends Branded<string>>(text: string): Id => text as Id;
