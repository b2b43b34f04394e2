import type { NodeId } from '../base/ids.js';
import type { JsonObject } from '../base/json.js';
import type { ViewDocumentKind } from './document.js';

/** What of an event says which documents it concerns. */
export interface ConcernedBy {
  /** `subject.what`. */
  readonly kind: string;
  readonly nodeId?: NodeId | null;
  readonly deploymentId?: string | null;
  readonly data?: JsonObject | null;
}

/** One machine; the machines of a deployment; or all documents of a kind that has few, or all machines where it must be. */
export type ViewRef =
  | { readonly kind: 'machine'; readonly node: NodeId }
  | { readonly kind: 'machine'; readonly deployment: string }
  | { readonly kind: ViewDocumentKind; readonly every: true };

/**
 * The documents that an event concerns: read again, they are as they are after it. An event that is not known here
 * concerns its node, when it speaks of one, so that a new kind of event makes the view read too much and never too
 * little; what runs do all day is left out by name.
 */
export function documentsOf(event: ConcernedBy): readonly ViewRef[] {
  const { kind } = event;
  const subject = kind.slice(0, kind.indexOf('.') < 0 ? kind.length : kind.indexOf('.'));
  const [dozens] = DOZENS.filter(([subjects]) => subjects.includes(subject));
  const refs: ViewRef[] = dozens ? dozens[1].map((every) => ({ kind: every, every: true })) : [];
  if (EVERY_MACHINE.has(kind)) return [...refs, { kind: 'machine', every: true }];
  if (OF_DEPLOYMENT.has(kind) && event.deploymentId)
    return [...refs, { kind: 'machine', deployment: event.deploymentId }];
  if (event.nodeId && !LEAVES_MACHINES.test(kind) && !hasNoPart(event))
    return [...refs, { kind: 'machine', node: event.nodeId }];
  return refs;
}

/** Kinds of which an installation has dozens: all of them are read when one changes. */
const DOZENS: readonly (readonly [subjects: readonly string[], kinds: readonly ViewDocumentKind[]])[] = [
  [['network', 'network_range', 'network_router', 'external_service'], ['network']],
  [['bootenv', 'template'], ['bootenv']],
  [['dns_filter'], ['name-filter']],
  [['dns_zone', 'dns_record'], ['zone']],
  [['setting'], ['services']],
];

/** A barclamp may declare a hint to be a secret, and then no machine may show it. */
const EVERY_MACHINE: ReadonlySet<string> = new Set(['barclamp.imported', 'barclamp.deleted']);

/** Machines say the name of their deployment, and return to the parent of one that goes. */
const OF_DEPLOYMENT: ReadonlySet<string> = new Set(['deployment.changed']);

/** States, runs and attributes of noderoles, of which a machine's document holds nothing but the names of its roles. */
const LEAVES_MACHINES =
  /^(run\.|install\.|rollout\.|hook\.|node_role\.(?!proposed$|bound$|unbound$|moved$)|node\.(alive|dead|lost|available|unavailable|frozen|thawed|proposed|committed|aimed)$)/;

/** Fields of a node that no document holds. */
const FIELDS_LEFT_OUT: ReadonlySet<string> = new Set([
  'description',
  'alive',
  'available',
  'address',
  'sshPort',
  'hostKey',
  'probed',
  'notes',
  'groups',
]);

const hasNoPart = (event: ConcernedBy): boolean => {
  const fields = event.kind === 'node.changed' ? event.data?.['fields'] : undefined;
  return Array.isArray(fields) && fields.length > 0 && fields.every((field) => FIELDS_LEFT_OUT.has(String(field)));
};
