import { commitDeployment, GraphDraft, idOf, isRefusal } from '#core';
import { openDatabase, PgUnitOfWork } from '#store';
import { writeGraph } from '#testkit';
import { BROKEN_ROLE } from './work.js';

type Database = Awaited<ReturnType<typeof openDatabase>>;

/** Every node carries these, each on top of the one before. */
const ROLES: readonly {
  name: string;
  flags?: string[];
  retry?: boolean;
  timeoutMs?: number;
  onError?: 'descendants';
}[] = [
  { name: 'base', retry: true },
  { name: 'disks', flags: ['destructive'] },
  { name: 'system', retry: true },
  { name: 'timed', retry: true, timeoutMs: 1_500 },
  { name: 'across', retry: true },
  { name: 'tools', onError: 'descendants' },
  { name: 'store', flags: ['destructive'], onError: 'descendants' },
  { name: 'service', retry: true },
  { name: 'check' },
  { name: BROKEN_ROLE, onError: 'descendants' },
];

/** A failure is tried again this often, after 100, 200 and 400 ms. */
const RETRY = { max: 3, backoff_ms: 100 };

/** Only every so many nodes have the role that always fails. */
const BROKEN_EVERY = 5;

/** The role `across` of a node also needs `disks` of this many nodes before it. */
const ACROSS = 2;

/** The role of a noderole, counted in its chain; the ids of `writeGraph` are numbers in disguise. */
const ROLE_OF = `('x' || right(nr.id::text, 12))::bit(48)::bigint % ${ROLES.length}`;
const NODE_OF = `('x' || right(nr.id::text, 12))::bit(48)::bigint / ${ROLES.length}`;

/**
 * Writes `nodes` machines, each with a chain of roles, chains tied together across nodes, and commits them all. Some roles
 * destroy, some are tried again by themselves, one has a timeout and one always fails.
 */
export const writeFleet = async (dataSource: Database, nodes: number, cap: number): Promise<void> => {
  const { deploymentId } = await writeGraph(dataSource, { nodes, rolesPerNode: ROLES.length, jig: 'test' });
  for (const [cohort, { name, flags, retry, timeoutMs, onError }] of ROLES.entries())
    await dataSource.query(
      `UPDATE roles SET name = $2, flags = $3, retry = $4, timeout_ms = $5, on_error = $6 WHERE cohort = $1`,
      [cohort, name, flags ?? [], retry ? JSON.stringify(RETRY) : null, timeoutMs ?? null, onError ?? 'node'],
    );
  const number = (name: string): number => ROLES.findIndex((role) => role.name === name);
  await dataSource.query(`DELETE FROM node_roles nr WHERE ${ROLE_OF} = $1 AND ${NODE_OF} % ${BROKEN_EVERY} <> 0`, [
    number(BROKEN_ROLE),
  ]);
  await dataSource.query(
    `INSERT INTO node_role_edges (parent_id, child_id, why)
     SELECT parent.id, nr.id, 'across' FROM node_roles nr, generate_series(1, $3::int) AS back, node_roles parent
     WHERE ${ROLE_OF} = $1 AND ${NODE_OF} >= back
       AND parent.id = (left(nr.id::text, 24) || lpad(to_hex((${NODE_OF} - back) * ${ROLES.length} + $2::int), 12, '0'))::uuid`,
    [number('across'), number('disks'), ACROSS],
  );
  await dataSource.query(
    `UPDATE node_roles nr SET unmet = (SELECT count(*) FROM node_role_edges e WHERE e.child_id = nr.id)`,
  );
  await dataSource.query(`UPDATE settings SET value = $1 WHERE key = 'runs_at_once_max'`, [JSON.stringify(cap)]);
  await dataSource.query('ANALYZE');
  const refusal = await new PgUnitOfWork(dataSource).write('operator', async (tx) => {
    const graph = await tx.graph.slice({ deploymentIds: [idOf(deploymentId)] });
    const draft = new GraphDraft(graph);
    const refused = commitDeployment(draft, idOf(deploymentId), { changed: new Set(), held: new Set() });
    if (!refused) await tx.graph.save(graph, draft.decision());
    return refused;
  });
  if (isRefusal(refusal)) throw new Error(refusal.detail);
};
