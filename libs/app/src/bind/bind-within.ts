import {
  isRefusal,
  planBinding,
  refuse,
  type BindRequest,
  type BindingPlan,
  type NodeRoleId,
  type Refusal,
  type RoleCatalog,
  type BindView,
} from '#core';
import { roleCatalog } from '../barclamp/role-catalog.js';
import type { ModelParts } from '../model-parts.js';
import { allocateOnBind, type AskedAddress } from '../network/allocate-on-bind.js';
import type { CatalogFacts } from '../ports/catalog-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { askVetoes } from '../veto/ask-vetoes.js';
import { inOrderOfNeed } from './in-order-of-need.js';

/** Bindings that one transaction makes at the most; a fleet of 1,000 nodes with 20 roles fits. */
export const BINDINGS_MAX = 25_000;

export interface BoundNodeRole {
  readonly id: NodeRoleId;
  /** `role@node` */
  readonly name: string;
}

export interface BindResult {
  /** The noderole of each request, in the order of the requests. */
  readonly bound: readonly { readonly id: NodeRoleId; readonly existing: boolean }[];
  /** Everything that was made, parents before their children. */
  readonly created: readonly BoundNodeRole[];
}

/** Binds roles to nodes inside of a transaction, all of them or none; the role of a network brings its addresses. */
export const bindWithin = async (
  tx: Transaction,
  parts: Pick<ModelParts, 'ids' | 'vetoes'>,
  requests: readonly BindRequest[],
  options: { readonly asked?: AskedAddress } = {},
): Promise<BindResult | Refusal> => {
  if (requests.length > BINDINGS_MAX)
    return refuse(
      'too-large',
      `${requests.length} bindings at once are more than ${BINDINGS_MAX}: send them in several requests.`,
    );
  if (requests.length === 0) return { bound: [], created: [] };
  const facts = await tx.catalog.facts();
  const catalog = roleCatalog(facts);
  const view = await tx.bindings.view(catalog, requests);

  const order = inOrderOfNeed(catalog, requests);
  const plans = planAll(
    catalog,
    facts,
    view,
    parts,
    order.map((at) => requests[at]!),
  );
  if (isRefusal(plans)) return plans;
  const planOf = new Map(order.map((at, place) => [at, plans[place]!]));

  await tx.bindings.apply(plans);
  const machines = plans.flatMap(({ nodeRoles }) => nodeRoles).filter(({ nodeId }) => !view.node(nodeId).system);
  const addresses = await allocateOnBind(tx, parts, machines, options.asked);
  if (isRefusal(addresses)) return addresses;
  return {
    bound: requests.map((_, at) => {
      const { nodeRoleId, existing } = planOf.get(at)!;
      return { id: nodeRoleId, existing };
    }),
    created: plans.flatMap(({ nodeRoles }) =>
      nodeRoles.map(({ id, roleId, nodeId }) => ({
        id,
        name: `${catalog.role(roleId).name}@${view.node(nodeId).name}`,
      })),
    ),
  };
};

const planAll = (
  catalog: RoleCatalog,
  facts: CatalogFacts,
  view: BindView,
  { ids, vetoes }: Pick<ModelParts, 'ids' | 'vetoes'>,
  requests: readonly BindRequest[],
): BindingPlan[] | Refusal => {
  const retired = new Map(facts.roles.filter((role) => role.retired).map((role) => [role.id, role.name]));
  const plans: BindingPlan[] = [];
  for (const request of requests) {
    const plan = planBinding(catalog, view, request, () => ids.next<NodeRoleId>());
    if (isRefusal(plan)) return plan;
    const gone = plan.existing ? undefined : retired.get(request.roleId);
    if (gone)
      return refuse(
        'not-found',
        `the role ${gone} is gone from its barclamp and only serves the noderoles that it has: bind what took its place.`,
      );
    const refusal = plan.existing ? null : askVetoes(vetoes, { kind: 'bind', catalog, view, plan });
    if (refusal) return refusal;
    view.apply(plan);
    plans.push(plan);
  }
  return plans;
};
