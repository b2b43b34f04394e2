import {
  commitNodeRole,
  GraphDraft,
  isRefusal,
  markChanged,
  retryNodeRole,
  type NodeRoleId,
  type Refusal,
} from '#core';
import { makeMissing } from '../attrib/make-missing.js';
import { SetAttrib } from '../attrib/set-attrib.js';
import type { ModelParts } from '../model-parts.js';
import type { CertificationId } from '../ports/certification-store.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { askVetoes } from '../veto/ask-vetoes.js';
import { WithinTransaction } from '../within-transaction.js';

/** What runs suites: against the cloud of its own deployment, and against any other. */
export const CERTIFY_ROLE = 'openstack-certify';
export const CERTIFY_ENDPOINT_ROLE = 'openstack-certify-endpoint';

/** Lists the suite on the tester node. */
export const SUITE_ROLE = 'tempest-suite';

/** The attribute that says which certification is to be run, by role. */
const ORDERS: Readonly<Record<string, string>> = {
  [CERTIFY_ROLE]: 'certify-order',
  [CERTIFY_ENDPOINT_ROLE]: 'certify-endpoint-order',
};

/** Which certification the frozen input of a run orders; null where it orders none. */
export const orderedBy = (input: { readonly [key: string]: unknown }): string | null => {
  const attribs = input['attribs'];
  if (typeof attribs !== 'object' || attribs === null) return null;
  for (const name of Object.values(ORDERS)) {
    const order: unknown = (attribs as Record<string, unknown>)[name];
    const id = typeof order === 'object' && order !== null ? (order as Record<string, unknown>)['certification'] : null;
    if (typeof id === 'string') return id;
  }
  return null;
};

/**
 * Writes an order, or takes it away, and commits just this noderole, so that the annealer runs it like anything else. Nothing
 * else that is proposed counts by it. `fresh` are noderoles that were bound for it, which are committed along.
 */
export const orderNodeRole = async (
  tx: Transaction,
  parts: Pick<ModelParts, 'schemas' | 'vetoes' | 'sealed'>,
  actor: Actor,
  nodeRole: Pick<NodeRoleDetail, 'id' | 'role' | 'deploymentId'>,
  order: { readonly certification: CertificationId | null; readonly fresh?: readonly NodeRoleId[] },
): Promise<Refusal | null> => {
  const { id, role, deploymentId } = nodeRole;
  const set = await new SetAttrib({ ...parts, unitOfWork: new WithinTransaction(tx) }).execute(actor, {
    target: { nodeRole: id },
    attrib: ORDERS[role]!,
    value: order.certification === null ? undefined : { certification: order.certification },
  });
  if (isRefusal(set)) return set;
  const fresh = (order.fresh ?? []).filter((each) => each !== id);
  const graph = await tx.graph.slice({ nodeRoleIds: [...fresh, id] });
  const draft = new GraphDraft(graph);
  const refusal = order.certification === null ? null : wishFor(draft, parts, { id, deploymentId, fresh });
  if (refusal) return refusal;
  await tx.graph.save(graph, draft.decision());
  await tx.commits.commitData([...fresh, id]);
  return makeMissing(tx, parts.sealed, { nodeRoleIds: [...fresh, id] });
};

const wishFor = (
  draft: GraphDraft,
  { vetoes }: Pick<ModelParts, 'vetoes'>,
  { id, deploymentId, fresh }: Pick<NodeRoleDetail, 'id' | 'deploymentId'> & { readonly fresh: readonly NodeRoleId[] },
): Refusal | null => {
  const proposed = [...fresh, id].filter((each) => draft.nodeRole(each).state === 'proposed');
  const vetoed = askVetoes(vetoes, { kind: 'commit', graph: draft, nodeRoleIds: proposed, deploymentId });
  if (vetoed) return vetoed;
  for (const each of proposed) {
    const refusal = commitNodeRole(draft, each);
    if (refusal) return refusal;
  }
  const { state } = draft.nodeRole(id);
  switch (state) {
    case 'active':
    case 'transition':
      markChanged(draft, id);
      return null;
    case 'error':
      return retryNodeRole(draft, id, { destroyAgain: false });
    case 'todo':
    case 'blocked':
    case 'proposed':
      return null;
    default:
      return state satisfies never;
  }
};
