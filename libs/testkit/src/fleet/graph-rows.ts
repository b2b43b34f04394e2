import type { DataSource } from 'typeorm';

/** A graph written straight into an empty database, for tests and benches that begin with many noderoles. */
export interface GraphShape {
  readonly nodes: number;
  /** Roles on each node, each requiring the one before. */
  readonly rolesPerNode: number;
  readonly jig: string;
  /** The first node is the admin's; these roles of all other nodes also require the last role there. */
  readonly crossRoles?: readonly number[];
}

export interface GraphRows {
  readonly deploymentId: string;
  readonly nodeRoles: number;
  readonly edges: number;
}

const uuid = (kind: number, number: number): string =>
  `00000000-0000-7${String(kind).padStart(3, '0')}-8000-${number.toString(16).padStart(12, '0')}`;

/**
 * Writes jigs, roles, nodes, one deployment below the system's, and proposed noderoles with their edges and cohorts.
 * Every node is alive, available and not probed.
 */
export const writeGraph = async (dataSource: DataSource, shape: GraphShape): Promise<GraphRows> => {
  const { nodes, rolesPerNode, jig } = shape;
  const cross = new Set(shape.crossRoles ?? []);
  const system = uuid(1, 0);
  const deploymentId = uuid(1, 1);
  await dataSource.query(`INSERT INTO jigs (name) VALUES ($1) ON CONFLICT DO NOTHING`, [jig]);
  await dataSource.query(
    `INSERT INTO deployments (id, name, system, state, parent_id) VALUES ($1, 'system', true, 'committed', NULL), ($2, 'fleet', false, 'proposed', $1)`,
    [system, deploymentId],
  );
  const roleIds = Array.from({ length: rolesPerNode }, (_, role) => uuid(2, role));
  await dataSource.query(
    `INSERT INTO roles (id, name, jig, cohort) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[])`,
    [
      roleIds,
      roleIds.map((_, role) => `role-${String(role).padStart(3, '0')}`),
      roleIds.map(() => jig),
      roleIds.map((_, role) => role),
    ],
  );
  await dataSource.query(
    `INSERT INTO deployment_roles (id, deployment_id, role_id) SELECT r.id, $2, r.id FROM unnest($1::uuid[]) AS r(id)`,
    [roleIds, deploymentId],
  );
  const nodeIds = Array.from({ length: nodes }, (_, node) => uuid(3, node));
  await dataSource.query(
    `INSERT INTO nodes (id, name, deployment_id, alive, available, probed) SELECT n.id, n.name, $3, true, true, false FROM unnest($1::uuid[], $2::text[]) AS n(id, name)`,
    [nodeIds, nodeIds.map((_, node) => `node-${String(node).padStart(5, '0')}.fleet.example`), deploymentId],
  );
  const rows = {
    id: [] as string[],
    role: [] as string[],
    node: [] as string[],
    cohort: [] as number[],
    unmet: [] as number[],
  };
  const edges = { parent: [] as string[], child: [] as string[] };
  const nodeRole = (node: number, role: number): string => uuid(4, node * rolesPerNode + role);
  const lastOfAdmin = nodeRole(0, rolesPerNode - 1);
  for (let node = 0; node < nodes; node += 1) {
    let base = 0;
    for (let role = 0; role < rolesPerNode; role += 1) {
      const crossing = node > 0 && cross.has(role);
      if (crossing) base = Math.max(base, rolesPerNode - role);
      rows.id.push(nodeRole(node, role));
      rows.role.push(roleIds[role] as string);
      rows.node.push(nodeIds[node] as string);
      rows.cohort.push(base + role);
      rows.unmet.push(Number(role > 0) + Number(crossing));
      const parents = [...(role > 0 ? [nodeRole(node, role - 1)] : []), ...(crossing ? [lastOfAdmin] : [])];
      for (const parent of parents) {
        edges.parent.push(parent);
        edges.child.push(nodeRole(node, role));
      }
    }
  }
  await dataSource.query(
    `INSERT INTO node_roles (id, deployment_id, role_id, node_id, cohort, unmet)
     SELECT n.id, $6, n.role_id, n.node_id, n.cohort, n.unmet
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::int[]) AS n(id, role_id, node_id, cohort, unmet)`,
    [rows.id, rows.role, rows.node, rows.cohort, rows.unmet, deploymentId],
  );
  await dataSource.query(`INSERT INTO node_role_data (node_role_id) SELECT unnest($1::uuid[])`, [rows.id]);
  await dataSource.query(
    `INSERT INTO node_role_edges (parent_id, child_id, why) SELECT e.parent, e.child, 'same-node' FROM unnest($1::uuid[], $2::uuid[]) AS e(parent, child)`,
    [edges.parent, edges.child],
  );
  // Plans made while the tables were empty would be bad ones.
  await dataSource.query('ANALYZE');
  return { deploymentId, nodeRoles: rows.id.length, edges: edges.parent.length };
};
