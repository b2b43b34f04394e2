import type { JsonObject } from '../base/json.js';

/**
 * Where the value of an attribute may come from. A layer is a place (a role, a deployment role, a noderole, a node) and who
 * writes there: *wall* is reported back by jigs, *system* is computed by us, *user* is edited by people.
 *
 * Later layers win. Who says it comes first, where it is said second: what people wish for beats what we computed, which
 * beats what a jig reported, which beats a default; and among equals the narrower place wins. In the original the wall of
 * a noderole lay above the deployment role, so that once a jig had reported a value, an operator who edited the
 * deployment role changed nothing and was not told.
 *
 * A deployment role is looked up in the noderole's own deployment only, not in those above.
 */
export const LAYERS = {
  'attrib.default': { by: 'barclamp', says: 'The default that the attribute was declared with.' },
  'role.template': { by: 'barclamp', says: 'What the role brings along.' },
  'deployment_role.wall': { by: 'jig', says: 'Reported, or made by us once, for the whole deployment.' },
  'node_role.wall': { by: 'jig', says: 'Reported by the last run of the noderole.' },
  'node_role.system': { by: 'system', says: 'Computed for the noderole.' },
  'deployment_role.user': { by: 'user', says: 'Edited and committed for the whole deployment.' },
  'node_role.user': { by: 'user', says: 'Edited and committed for the noderole.' },
  'node.inventory': { by: 'jig', says: 'Observed on the node.' },
  'node.hint': { by: 'user', says: 'Wished for the node.' },
} as const;

export type Layer = keyof typeof LAYERS;

/** All layers, the one that wins first. Attributes of a role never meet those of a node. */
export const HIGHEST_FIRST = (Object.keys(LAYERS) as Layer[]).reverse();

/** The document of one layer, with what provenance says of it. */
export interface LayerDocument {
  readonly data: JsonObject;
  /** Whose it is, for people: `deployment role dns-server in rack-3`. */
  readonly object: string;
  /** Which edit of it, where edits are counted. */
  readonly version?: number;
  /** Who wrote it last, where that is known. */
  readonly by?: string;
}

/** The documents from which attributes of one noderole, or of one node, are read. A layer without a document is left out. */
export type AttribSources = { readonly [Name in Layer]?: LayerDocument };
