import type { Json, JsonObject } from '../base/json.js';
import type { Attrib } from './attrib.js';
import type { AttribSources } from './layers.js';
import { resolveAttrib, type Provenance } from './resolve.js';
import { isMap, valueAt, withValueAt } from './schema.js';

/**
 * Computes and freezes the input of a run: the attributes that its role declares (its own, and those it wants of others)
 * and nothing else of anybody's data, beside a few facts that every run gets. Staged in the transaction that plans the
 * run, so that a jig sees one instant, however long the run waits for a worker.
 */

export interface StagedRole {
  readonly name: string;
  /** Its own input attributes. */
  readonly attribs: readonly Attrib[];
  readonly wants: readonly StagedWant[];
}

export interface StagedWant {
  readonly attrib: Attrib;
  /** Where the tree has it; the attribute's own path unless given. */
  readonly at?: readonly string[];
  readonly of:
    | { readonly kind: 'node' }
    /** The value of a cluster role is a list, with one entry for each instance that is a parent (`ClusterValue`). */
    | { readonly kind: 'role'; readonly cluster: boolean };
}

/** What a wanted attribute of a cluster role holds, for each of its instances, by name of node. */
export interface ClusterValue {
  /** FQDN of the instance's node. */
  readonly node: string;
  /** Its address on the admin network, without a prefix length; null while it has none. */
  readonly address: string | null;
  /** The attribute as that instance has it; null where it has none. */
  readonly value: Json;
}

export interface StagedNode {
  /** FQDN. */
  readonly name: string;
  readonly address: string | null;
  readonly bootenv: string;
  /** `node.inventory` and `node.hint`. */
  readonly sources: AttribSources;
  readonly quirks: readonly string[];
}

/** A parent from which an attribute is read: a link that counts (its edge is not pending). */
export interface StagedLink {
  readonly attrib: string;
  readonly node: { readonly name: string; readonly address: string | null };
  readonly sources: AttribSources;
}

export interface StageRequest {
  readonly role: StagedRole;
  readonly node: StagedNode;
  /** Name of the deployment. */
  readonly deployment: string;
  /** The noderole's own layers. */
  readonly own: AttribSources;
  readonly links: readonly StagedLink[];
  /** Lay the values out by path as well, for scripts that read `a/b/c`. */
  readonly tree?: boolean;
}

/** The input itself, fit for `JSON.stringify`. */
export type StagedInput = {
  /** Values by name of attribute; one that has no value is left out. */
  readonly attribs: JsonObject;
  readonly node: { readonly name: string; readonly address: string | null; readonly bootenv: string };
  readonly deployment: string;
  readonly role: string;
  /** The node's hints; left out when there are none. */
  readonly hints?: JsonObject;
  /** What noderoles of the node have claimed, for example disks; left out when nothing is. */
  readonly reservations?: JsonObject;
  readonly quirks?: readonly string[];
  /** The same values by path, when asked for. */
  readonly tree?: JsonObject;
  /** Names of the attributes among these whose values must not be shown; left out when there are none. */
  readonly secrets?: readonly string[];
};

export interface StagedRun {
  readonly input: StagedInput;
  /** By name of attribute, where its value comes from. */
  readonly provenance: Readonly<Record<string, readonly Provenance[]>>;
  /** Attributes that were declared or wanted and have no value. */
  readonly missing: readonly string[];
}

const NOTHING: readonly never[] = [];
const NO_ATTRIBS: JsonObject = Object.freeze({});
const NO_PROVENANCE: StagedRun['provenance'] = Object.freeze({});

export const stageRun = (request: StageRequest): StagedRun => {
  const { role, node, deployment } = request;
  const given = {
    node: { name: node.name, address: node.address, bootenv: node.bootenv },
    deployment,
    role: role.name,
    ...factsOf(node),
  };
  if (role.attribs.length === 0 && role.wants.length === 0)
    return { input: { attribs: NO_ATTRIBS, ...given }, provenance: NO_PROVENANCE, missing: NOTHING };

  const attribs: Record<string, Json> = {};
  const provenance: Record<string, readonly Provenance[]> = {};
  const missing: string[] = [];
  const secrets: string[] = [];
  let tree: JsonObject = {};
  for (const { attrib, at, found } of valuesOf(request)) {
    if (found.provenance.length > 0) provenance[attrib.name] = found.provenance;
    if (found.value === undefined) {
      missing.push(attrib.name);
      continue;
    }
    if (attrib.secret) secrets.push(attrib.name);
    attribs[attrib.name] = found.value;
    if (request.tree) tree = withValueAt(tree, at, found.value);
  }
  const input = { attribs, ...given, ...(request.tree ? { tree } : {}), ...(secrets.length > 0 ? { secrets } : {}) };
  return { input, provenance, missing };
};

interface Value {
  readonly attrib: Attrib;
  readonly at: readonly string[];
  readonly found: { readonly value: Json | undefined; readonly provenance: readonly Provenance[] };
}

/** Wanted values first: where two meet in the tree, a role's own go over them. */
const valuesOf = (request: StageRequest): Value[] => {
  const { role, node, own, links } = request;
  const wanted = role.wants.map(({ attrib, at, of }): Value => {
    const found = of.kind === 'node' ? resolveAttrib(node.sources, attrib) : fromParents(links, attrib, of.cluster);
    return { attrib, at: at ?? attrib.path, found };
  });
  return [
    ...wanted,
    ...role.attribs.map((attrib): Value => ({ attrib, at: attrib.path, found: resolveAttrib(own, attrib) })),
  ];
};

const fromParents = (links: readonly StagedLink[], attrib: Attrib, cluster: boolean): Value['found'] => {
  const parents = links
    .filter((link) => link.attrib === attrib.name)
    .sort((a, b) => (a.node.name < b.node.name ? -1 : 1));
  const [first] = parents;
  if (!cluster) return first ? resolveAttrib(first.sources, attrib) : { value: undefined, provenance: NOTHING };
  const found = parents.map(({ sources }) => resolveAttrib(sources, attrib));
  const value = parents.map(({ node }, at): { [Key in keyof ClusterValue]: Json } => ({
    node: node.name,
    address: node.address,
    value: found[at]?.value ?? null,
  }));
  return { value, provenance: found.flatMap(({ provenance }) => provenance) };
};

/** Hints, reservations and quirks, as far as there are any. */
const factsOf = ({ sources, quirks }: StagedNode): Pick<StagedInput, 'hints' | 'reservations' | 'quirks'> => {
  const hints = sources['node.hint']?.data;
  const reservations = hints && valueAt(hints, RESERVATIONS);
  return {
    ...(hints && Object.keys(hints).length > 0 ? { hints } : {}),
    ...(isMap(reservations) && Object.keys(reservations).length > 0 ? { reservations } : {}),
    ...(quirks.length > 0 ? { quirks } : {}),
  };
};

/** Where a node's hints keep what its noderoles have claimed. */
export const RESERVATIONS: readonly string[] = ['reservations'];
