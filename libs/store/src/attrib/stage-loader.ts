import type { PoolClient } from 'pg';
import {
  idOf,
  stageRun,
  type Attrib,
  type AttribSources,
  type JsonObject,
  type NodeRoleId,
  type RoleId,
  type StagedInput,
  type StagedRole,
  type StagedLink,
} from '#core';
import { rowsOf, statement } from '../sql.js';
import { loadSources, nodeSources } from './sources.js';
import type { StagePlan, StagePlans } from './stage-plans.js';

const FACTS = statement(
  'attrib.stage-facts',
  `SELECT nr.id, nr.role_id, n.name AS node, n.address, n.bootenv, n.hints, n.quirks, d.name AS deployment,
     (SELECT value FROM catalog_generation) AS generation
   FROM node_roles nr JOIN nodes n ON n.id = nr.node_id JOIN deployments d ON d.id = nr.deployment_id WHERE nr.id = ANY($1::uuid[])`,
);
const INVENTORIES = statement(
  'attrib.stage-inventories',
  `SELECT nr.id, n.inventory FROM node_roles nr JOIN nodes n ON n.id = nr.node_id WHERE nr.id = ANY($1::uuid[])`,
);
/** Links count as long as their edges do. */
const LINKS = statement(
  'attrib.stage-links',
  `SELECT l.child_id, l.parent_id, l.attrib, n.name AS node, n.address
   FROM node_role_attrib_links l JOIN node_role_edges e ON e.parent_id = l.parent_id AND e.child_id = l.child_id AND NOT e.pending
   JOIN node_roles p ON p.id = l.parent_id JOIN nodes n ON n.id = p.node_id WHERE l.child_id = ANY($1::uuid[])`,
);

interface FactsRow {
  id: NodeRoleId;
  role_id: RoleId;
  node: string;
  address: string | null;
  bootenv: string;
  hints: JsonObject;
  quirks: string[];
  deployment: string;
  generation: string;
}
interface LinkRow {
  child_id: NodeRoleId;
  parent_id: NodeRoleId;
  attrib: string;
  node: string;
  address: string | null;
}

/** See `AttribStore.stage`. */
export const stage = async (
  client: PoolClient,
  plans: StagePlans,
  ids: readonly NodeRoleId[],
): Promise<Map<NodeRoleId, StagedInput & JsonObject>> => {
  if (ids.length === 0) return new Map();
  const facts = await rowsOf<FactsRow>(client, FACTS, [ids]);
  const planOf = await plans.of(client, new Set(facts.map((fact) => fact.role_id)), facts[0]?.generation ?? '');
  const more = await loadMore(client, facts, planOf);
  return new Map(
    facts.map((fact) => {
      const { role } = planOf.get(fact.role_id) as StagePlan;
      const { input } = stageRun({
        role,
        node: {
          name: fact.node,
          address: fact.address,
          bootenv: fact.bootenv,
          sources: nodeSources({
            name: fact.node,
            inventory: more.inventories.get(fact.id) ?? null,
            hints: fact.hints,
          }),
          quirks: fact.quirks,
        },
        deployment: fact.deployment,
        own: more.sources.get(fact.id) ?? {},
        links: more.links.get(fact.id) ?? [],
        tree: needsTree(role),
      });
      return [idOf<NodeRoleId>(fact.id), input as StagedInput & JsonObject];
    }),
  );
};

interface More {
  readonly sources: ReadonlyMap<NodeRoleId, AttribSources>;
  readonly links: ReadonlyMap<NodeRoleId, StagedLink[]>;
  readonly inventories: ReadonlyMap<NodeRoleId, JsonObject>;
}

/** What only roles with attributes need; for the others nothing more is read. */
const loadMore = async (
  client: PoolClient,
  facts: readonly FactsRow[],
  planOf: ReadonlyMap<RoleId, StagePlan>,
): Promise<More> => {
  const idsWhere = (holds: (plan: StagePlan) => boolean): NodeRoleId[] =>
    facts.filter((fact) => holds(planOf.get(fact.role_id) as StagePlan)).map(({ id }) => id);
  const declaring = idsWhere(({ role }) => role.attribs.length > 0);
  const wanting = idsWhere(({ wantsOfRoles }) => wantsOfRoles);
  const looking = idsWhere(({ wantsOfNode }) => wantsOfNode);
  const rows = wanting.length > 0 ? await rowsOf<LinkRow>(client, LINKS, [wanting]) : [];
  const sources = await loadSources(client, [...new Set([...declaring, ...rows.map((row) => row.parent_id)])]);
  const inventories =
    looking.length > 0 ? await rowsOf<{ id: NodeRoleId; inventory: JsonObject }>(client, INVENTORIES, [looking]) : [];
  const links = new Map<NodeRoleId, StagedLink[]>();
  for (const row of rows) {
    const link = {
      attrib: row.attrib,
      node: { name: row.node, address: row.address },
      sources: sources.get(row.parent_id) ?? {},
    };
    const list = links.get(row.child_id);
    if (list) list.push(link);
    else links.set(row.child_id, [link]);
  }
  return { sources, links, inventories: new Map(inventories.map(({ id, inventory }) => [id, inventory])) };
};

/** Whether some value has a place of its own beside its name; only then is a tree worth its bytes. */
const needsTree = (role: StagedRole): boolean =>
  role.attribs.some((attrib) => isElsewhere(attrib, attrib.path)) ||
  role.wants.some(({ attrib, at }) => isElsewhere(attrib, at ?? attrib.path));

const isElsewhere = (attrib: Attrib, path: readonly string[]): boolean => path.length !== 1 || path[0] !== attrib.name;
