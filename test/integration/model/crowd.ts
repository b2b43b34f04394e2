/** Nodes and their addresses by the ten thousand, written as rows: what use cases would take minutes for. */
import type { World } from './world.js';

/** Makes nodes `f1.example.com` to `fN.example.com`, bound to nothing. */
export const crowd = async (world: World, nodes: number): Promise<void> => {
  await world.sql(
    `INSERT INTO nodes (id, name, deployment_id) SELECT gen_random_uuid(), 'f' || n || '.example.com', d.id
     FROM generate_series(1, $1::int) n, deployments d WHERE d.system`,
    [nodes],
  );
};

/**
 * Gives addresses of a range (`network/range`) to the first `nodes` of the crowd, as if each had been allocated: the nth
 * of them stands at `place`, an expression of n, counted from the first address. What others have there stays theirs.
 */
export const occupy = async (world: World, range: string, place: string, nodes: number): Promise<void> => {
  const [found] = await world.sql<{ id: string }>(
    `SELECT g.id FROM network_range g JOIN network w ON w.id = g.network_id WHERE w.name || '/' || g.name = $1`,
    [range],
  );
  const { id } = found!;
  await world.sql(
    `INSERT INTO network_allocation (id, network_id, range_id, node_id, address, chosen)
     SELECT gen_random_uuid(), g.network_id, g.id, n.id, g.first_address + (${place})::bigint, 'first-free'
     FROM network_range g, (SELECT id, substring(name from 'f([0-9]+)')::int AS n FROM nodes WHERE name LIKE 'f%') n
     WHERE g.id = $1 AND n.n <= $2 AND g.first_address + (${place})::bigint <= g.last_address`,
    [id, nodes],
  );
  await world.sql(
    `UPDATE network_range g SET allocated = (SELECT count(*) FROM network_allocation a WHERE a.range_id = g.id) WHERE id = $1`,
    [id],
  );
  await world.sql(`DELETE FROM network_free WHERE range_id = $1`, [id]);
  await world.sql(
    `INSERT INTO network_free SELECT $1, lower, upper FROM (
       SELECT coalesce(lag(address) OVER (ORDER BY address) + 1, g.first_address) AS lower, address - 1 AS upper
       FROM network_allocation a JOIN network_range g ON g.id = a.range_id WHERE range_id = $1
       UNION ALL
       SELECT max(address) + 1, (SELECT last_address FROM network_range WHERE id = $1) FROM network_allocation WHERE range_id = $1
     ) gaps WHERE lower <= upper`,
    [id],
  );
};
