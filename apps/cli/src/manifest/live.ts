import type { Client } from '../client/client.js';
import { allItems } from '../client/pages.js';
import { ApiProblem } from '../client/problem.js';
import type { RouteId } from '../client/route.js';
import { EXIT, Stop } from '../exit.js';
import type { Manifest } from './manifest.js';

/** What is there of that which a manifest speaks of. */
export interface Live {
  /** Null when there is none of that name. */
  readonly deployment: LiveDeployment | null;
  /** Values of roles in the whole deployment, as they will be once what is proposed is committed; by role. */
  readonly roleData: ReadonlyMap<string, Json>;
  /** Noderoles of the manifest's roles, in whatever deployment. */
  readonly nodeRoles: readonly LiveNodeRole[];
  /** Values of noderoles that the manifest has values for, by `role@node`. */
  readonly nodeRoleData: ReadonlyMap<string, Json>;
  /** Values of nodes that the manifest has values for, by node, then by attribute. */
  readonly nodeAttribs: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
  /** The deployments of the nodes that shall be members of this one, by node; one that is not there is left out. */
  readonly homes: ReadonlyMap<string, string>;
  /** Noderoles of the deployment that nothing in the manifest needs; only looked for with `prune`. */
  readonly superfluous: readonly string[];
  /** Where values lie that are never shown, `a/b/c`, among the attributes that the manifest sets. */
  readonly secrets: ReadonlySet<string>;
}

export type Json = Readonly<Record<string, unknown>>;

export interface LiveDeployment {
  readonly name: string;
  readonly description: string;
  readonly parent: string | null;
  readonly priority: number;
  readonly wish: 'proposed' | 'committed';
}

export interface LiveNodeRole {
  /** `role@node` */
  readonly name: string;
  readonly role: string;
  readonly node: string;
  readonly deployment: string;
  readonly state: string;
  readonly run_count: number;
}

/** Roles asked for in one filter; far below the longest filter that the server reads. */
const ROLES_AT_ONCE = 40;

/** Reads it, with as many requests as there are things with values, and a few more. */
export const readLive = async (client: Client, manifest: Manifest, { prune }: { prune: boolean }): Promise<Live> => {
  const deployment = await orNull(client.get<LiveDeployment>('deployments.show', { params: { key: manifest.name } }));
  const nodeRoles = await nodeRolesOf(client, manifest);
  const there = new Set(nodeRoles.map(({ name }) => name));
  const roleData = new Map<string, Json>();
  for (const { name, data } of deployment ? manifest.roles : []) {
    if (Object.keys(data).length === 0) continue;
    const item = await orNull(
      client.get<Proposable>('deployment_roles.show', { params: { key: `${name}@${manifest.name}` } }),
    );
    if (item) roleData.set(name, item.proposed_data ?? item.committed_data);
  }
  const nodeRoleData = new Map<string, Json>();
  for (const { name } of namedWithData(manifest)) {
    if (!there.has(name)) continue;
    const item = await client.get<Proposable>('node_roles.show', { params: { key: name } });
    nodeRoleData.set(name, item.proposed_data ?? item.committed_data);
  }
  return {
    deployment,
    roleData,
    nodeRoles,
    nodeRoleData,
    nodeAttribs: await nodeAttribsOf(client, manifest),
    homes: await homesOf(client, manifest),
    superfluous: prune && deployment ? await superfluousIn(client, manifest) : [],
    secrets: await secretsOf(client, manifest),
  };
};

const secretsOf = async (client: Client, manifest: Manifest): Promise<Set<string>> => {
  const secrets = new Set<string>();
  for (const role of settingsByRole(manifest).keys()) {
    const listed = await orNull(client.get<{ items: AttribValue[] }>('roles.attribs', { params: { key: role } }));
    for (const { secret, map } of listed?.items ?? []) if (secret) secrets.add(map);
  }
  return secrets;
};

/** The names of the values that the manifest sets, by role. */
const settingsByRole = (manifest: Manifest): Map<string, Set<string>> => {
  const byRole = new Map<string, Set<string>>();
  for (const { name, data } of [...manifest.roles, ...manifest.nodes.flatMap(({ roles }) => roles)])
    for (const attrib of Object.keys(data)) byRole.set(name, (byRole.get(name) ?? new Set()).add(attrib));
  return byRole;
};

interface Proposable {
  readonly proposed_data: Json | null;
  readonly committed_data: Json;
}

/** `role@node` for every role of a node that has values of its own. */
const namedWithData = (manifest: Manifest): { name: string }[] =>
  manifest.nodes.flatMap((node) =>
    node.roles
      .filter(({ data }) => Object.keys(data).length > 0)
      .map((role) => ({ name: `${role.name}@${node.name.toLowerCase()}` })),
  );

const nodeRolesOf = async (client: Client, manifest: Manifest): Promise<LiveNodeRole[]> => {
  const roles = [...new Set(manifest.nodes.flatMap((node) => node.roles.map(({ name }) => name)))];
  const found: LiveNodeRole[] = [];
  for (let at = 0; at < roles.length; at += ROLES_AT_ONCE) {
    const names = roles.slice(at, at + ROLES_AT_ONCE).map((name) => JSON.stringify(name));
    found.push(
      ...(await allItems<LiveNodeRole>(client, 'node_roles.list', {
        query: { filter: `role in (${names.join(', ')})`, fields: 'name,role,node,deployment,state,run_count' },
      })),
    );
  }
  return found;
};

const nodeAttribsOf = async (client: Client, manifest: Manifest): Promise<Map<string, Map<string, unknown>>> => {
  const values = new Map<string, Map<string, unknown>>();
  for (const { name, attribs } of manifest.nodes) {
    if (Object.keys(attribs).length === 0) continue;
    const { items } = await client.get<{ items: AttribValue[] }>('nodes.attribs', { params: { key: name } });
    values.set(name, new Map(items.filter(({ is_set }) => is_set).map((item) => [item.name, item.value])));
  }
  return values;
};

const homesOf = async (client: Client, manifest: Manifest): Promise<Map<string, string>> => {
  const homes = new Map<string, string>();
  for (const { name, member } of manifest.nodes) {
    if (!member) continue;
    const node = await orNull(client.get<{ deployment: string }>('nodes.show', { params: { key: name } }));
    if (node) homes.set(name, node.deployment);
  }
  return homes;
};

interface AttribValue {
  readonly name: string;
  readonly map: string;
  readonly kind: 'input' | 'output';
  readonly writable: boolean;
  readonly secret: boolean;
  readonly is_set: boolean;
  readonly value: unknown;
}

interface Picture {
  readonly node_roles: readonly {
    readonly id: string;
    readonly name: string;
    readonly node: string;
    readonly outside: boolean;
  }[];
  readonly edges: readonly { readonly parent_id: string; readonly child_id: string }[];
}

/** What is bound in the deployment and neither named by the manifest nor needed by what it names. */
const superfluousIn = async (client: Client, manifest: Manifest): Promise<string[]> => {
  const { node_roles, edges } = await client.get<Picture>('deployments.graph', { params: { key: manifest.name } });
  const wanted = new Set(
    manifest.nodes.flatMap((node) => node.roles.map((role) => `${role.name}@${node.name.toLowerCase()}`)),
  );
  const parents = new Map<string, string[]>();
  for (const { parent_id, child_id } of edges) parents.set(child_id, [...(parents.get(child_id) ?? []), parent_id]);
  const needed = new Set<string>();
  const open = node_roles.filter(({ name, outside }) => outside || wanted.has(name)).map(({ id }) => id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (needed.has(id)) continue;
    needed.add(id);
    open.push(...(parents.get(id) ?? []));
  }
  return node_roles.filter(({ id, outside }) => !outside && !needed.has(id)).map(({ name }) => name);
};

/**
 * Refuses values for attributes that a role does not have. The server keeps such values and nobody reads them, so a slip of
 * the pen would go unnoticed.
 */
export const checkAttribs = async (client: Client, manifest: Manifest): Promise<void> => {
  const faults: string[] = [];
  for (const [role, attribs] of settingsByRole(manifest)) {
    const { items } = await client.get<{ items: AttribValue[] }>('roles.attribs' satisfies RouteId, {
      params: { key: role },
    });
    // Values stand where the map of their attribute says, which is under its own name unless a barclamp wants it otherwise.
    const known = new Set(
      items.filter(({ kind, writable }) => kind === 'input' && writable).map(({ map }) => map.split('/')[0]!),
    );
    for (const attrib of attribs)
      if (!known.has(attrib))
        faults.push(
          `the role ${role} has no attribute ${attrib} that can be set; there are ${[...known].sort().join(', ') || 'none'}`,
        );
  }
  if (faults.length > 0)
    throw new Stop(EXIT.usage, `The deployment ${manifest.name} sets what there is not.`, faults.join('\n'));
};

const orNull = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
};
