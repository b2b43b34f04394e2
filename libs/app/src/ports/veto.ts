import type { BindView, BindingPlan, DeploymentId, Graph, NodeId, NodeRoleId, Refusal, RoleCatalog } from '#core';

/** Something that is about to be done to the graph, with what it is done to. */
export type GraphCommand =
  | { readonly kind: 'bind'; readonly catalog: RoleCatalog; readonly view: BindView; readonly plan: BindingPlan }
  | {
      readonly kind: 'commit';
      readonly graph: Graph;
      readonly nodeRoleIds: readonly NodeRoleId[];
      readonly deploymentId?: DeploymentId;
      readonly nodeId?: NodeId;
    }
  | { readonly kind: 'unbind'; readonly graph: Graph; readonly nodeRoleIds: readonly NodeRoleId[] }
  | { readonly kind: 'delete-node'; readonly graph: Graph; readonly nodeId: NodeId }
  | { readonly kind: 'delete-deployment'; readonly graph: Graph; readonly deploymentId: DeploymentId };

/**
 * May say no before something is written. It is asked inside of the transaction, so it decides from what it is given,
 * in microseconds, and asks nobody else: whoever wants to do something because of a change subscribes to events instead.
 */
export abstract class Veto {
  abstract readonly name: string;
  abstract check(command: GraphCommand): Refusal | null;
}
