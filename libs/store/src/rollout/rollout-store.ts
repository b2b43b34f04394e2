import type { PoolClient } from 'pg';
import {
  isId,
  type ListQuery,
  type NewRollout,
  type Page,
  type RolloutProgress,
  type RolloutState,
  type RolloutStore,
  type RolloutView,
} from '#app';
import { idOf, type DeploymentId, type NodeId, type NodeRoleId, type Refusal, type RolloutId } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';

const SELECT = `o.id, o.deployment_id, d.name AS deployment, s.number AS snapshot, o.wave_size, o.pause_ms, o.stop_failed_percent, o.state, o.wave,
  o.waves, o.wave_ended_at, o.reason, o.created_by, o.created_at, o.version`;
const FROM = `FROM rollouts o JOIN deployments d ON d.id = o.deployment_id LEFT JOIN snapshots s ON s.id = o.snapshot_id`;

const SHAPE: ListShape = {
  things: 'rollouts',
  select: SELECT,
  from: FROM,
  id: 'o.id',
  fields: {
    id: { sql: 'o.id', type: 'uuid' },
    deployment: { sql: 'd.name', type: 'text' },
    deployment_id: { sql: 'o.deployment_id', type: 'uuid' },
    state: { sql: 'o.state', type: 'text' },
    created_at: { sql: 'o.created_at', type: 'time' },
  },
  sort: [{ field: 'created_at', descending: true }],
};

interface ViewRow {
  id: string;
  deployment_id: string;
  deployment: string;
  snapshot: number | null;
  wave_size: number;
  pause_ms: string;
  stop_failed_percent: number | null;
  state: RolloutState;
  wave: number;
  waves: number;
  wave_ended_at: Date | null;
  reason: string;
  created_by: string;
  created_at: Date;
  version: string;
}

const toView = (row: ViewRow): RolloutView => ({
  id: idOf(row.id),
  deploymentId: idOf(row.deployment_id),
  deployment: row.deployment,
  snapshot: row.snapshot,
  waveSize: row.wave_size,
  pauseMs: Number(row.pause_ms),
  stopFailedPercent: row.stop_failed_percent,
  state: row.state,
  wave: row.wave,
  waves: row.waves,
  waveEndedAt: row.wave_ended_at,
  reason: row.reason,
  createdBy: row.created_by,
  createdAt: row.created_at,
  version: Number(row.version),
});

const LOCK_RUNNING = statement(
  'rollout.lock-running',
  `SELECT ${SELECT} ${FROM} WHERE o.state = 'running' ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED`,
);
const INSERT_WAVES = statement(
  'rollout.insert-waves',
  `INSERT INTO rollout_node_roles (rollout_id, node_role_id, wave) SELECT $1, * FROM unnest($2::uuid[], $3::int[])`,
);

/** Something moves where a run is in flight, or may be planned as things stand; a time that is still to come counts as well. */
const MOVES = `(nr.state = 2 OR ((nr.state = 1 OR (nr.state = 0 AND nr.dirty)) AND NOT nr.held AND nr.available
  AND (n.alive OR n.system) AND n.available AND n.frozen = 0 AND d.state = 'committed'))`;

/** What is blocked moves as long as something above it does, in this rollout or elsewhere. */
const MOVING = statement(
  'rollout.moving',
  `WITH RECURSIVE let_go AS (
     SELECT node_role_id AS id FROM rollout_node_roles WHERE rollout_id = $1 AND wave <= $2
   ), above(id) AS (
     SELECT nr.id FROM let_go JOIN node_roles nr USING (id) WHERE nr.state <> 0 OR nr.dirty
     UNION
     SELECT e.parent_id FROM above JOIN node_roles c ON c.id = above.id AND c.state = 3
     JOIN node_role_edges e ON e.child_id = c.id AND NOT e.pending JOIN node_roles p ON p.id = e.parent_id AND p.state <> 0
   )
   SELECT count(*)::int AS moving FROM above JOIN node_roles nr USING (id) JOIN nodes n ON n.id = nr.node_id
   JOIN deployments d ON d.id = nr.deployment_id WHERE ${MOVES}`,
);
const NODES = statement(
  'rollout.nodes',
  `SELECT n.id, bool_or(nr.state = -1 OR (nr.state IN (1, 3) AND NOT n.alive AND NOT n.system)) AS failed
   FROM rollout_node_roles w JOIN node_roles nr ON nr.id = w.node_role_id JOIN nodes n ON n.id = nr.node_id
   WHERE w.rollout_id = $1 AND w.wave <= $2 AND NOT n.system GROUP BY n.id`,
);
const HOLDING = statement(
  'rollout.holding',
  `SELECT DISTINCT ON (w.node_role_id) w.node_role_id, w.wave AS held_wave, ${SELECT}
   FROM rollout_node_roles w JOIN rollouts o ON o.id = w.rollout_id JOIN deployments d ON d.id = o.deployment_id
   LEFT JOIN snapshots s ON s.id = o.snapshot_id
   WHERE w.node_role_id = ANY($1::uuid[]) AND w.wave > o.wave AND o.state <> 'done' ORDER BY w.node_role_id, o.created_at DESC`,
);

export class PgRolloutStore implements RolloutStore {
  constructor(
    private readonly client: PoolClient,
    private readonly actor: string,
  ) {}

  async find(id: string): Promise<RolloutView | null> {
    if (!isId(id)) return null;
    const { rows } = await this.client.query<ViewRow>(`SELECT ${SELECT} ${FROM} WHERE o.id = $1`, [id]);
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery, scope: { readonly deploymentId?: DeploymentId } = {}): Promise<Page<RolloutView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView, (parameters) =>
      scope.deploymentId ? `o.deployment_id = ${parameters.add(scope.deploymentId)}` : 'true',
    );
  }

  async openOf(deploymentId: DeploymentId): Promise<RolloutView | null> {
    const { rows } = await this.client.query<ViewRow>(
      `SELECT ${SELECT} ${FROM} WHERE o.deployment_id = $1 AND o.state IN ('running', 'paused')`,
      [deploymentId],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  async lockRunning(limit: number): Promise<RolloutView[]> {
    return (await rowsOf<ViewRow>(this.client, LOCK_RUNNING, [limit])).map(toView);
  }

  async lock(id: RolloutId): Promise<RolloutView | null> {
    const { rows } = await this.client.query<ViewRow>(`SELECT ${SELECT} ${FROM} WHERE o.id = $1 FOR UPDATE OF o`, [id]);
    return rows[0] ? toView(rows[0]) : null;
  }

  async insert(rollout: NewRollout): Promise<void> {
    await this.client.query(
      `INSERT INTO rollouts (id, deployment_id, snapshot_id, wave_size, pause_ms, stop_failed_percent, waves, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        rollout.id,
        rollout.deploymentId,
        rollout.snapshotId,
        rollout.waveSize,
        rollout.pauseMs,
        rollout.stopFailedPercent,
        rollout.waves.length,
        this.actor,
      ],
    );
    await rowsOf(this.client, INSERT_WAVES, [
      rollout.id,
      rollout.waves.flat(),
      rollout.waves.flatMap((wave, index) => wave.map(() => index + 1)),
    ]);
  }

  async progress(id: RolloutId): Promise<RolloutProgress> {
    const wave = (await this.find(id))?.wave ?? 0;
    const [row] = await rowsOf<{ moving: number }>(this.client, MOVING, [id, wave]);
    const nodes = await rowsOf<{ id: NodeId; failed: boolean }>(this.client, NODES, [id, wave]);
    return {
      moving: row?.moving ?? 0,
      nodes: nodes.length,
      failed: nodes.filter(({ failed }) => failed).map((node) => node.id),
    };
  }

  heldIn(id: RolloutId, wave: number): Promise<NodeRoleId[]> {
    return this.held(id, 'w.wave = $2', wave);
  }

  heldAfter(id: RolloutId, wave: number): Promise<NodeRoleId[]> {
    return this.held(id, 'w.wave > $2', wave);
  }

  private async held(id: RolloutId, which: string, wave: number): Promise<NodeRoleId[]> {
    const { rows } = await this.client.query<{ id: NodeRoleId }>(
      `SELECT nr.id FROM rollout_node_roles w JOIN node_roles nr ON nr.id = w.node_role_id WHERE w.rollout_id = $1 AND ${which} AND nr.held`,
      [id, wave],
    );
    return rows.map((row) => row.id);
  }

  async update(
    id: RolloutId,
    change: {
      readonly state?: RolloutState;
      readonly wave?: number;
      readonly waveEndedAt?: Date | null;
      readonly reason?: string;
    },
  ): Promise<void> {
    await this.client.query(
      `UPDATE rollouts SET state = coalesce($2, state), wave = coalesce($3, wave), reason = coalesce($4, reason),
         wave_ended_at = CASE WHEN $5 THEN $6::timestamptz ELSE wave_ended_at END, version = version + 1 WHERE id = $1`,
      [
        id,
        change.state ?? null,
        change.wave ?? null,
        change.reason ?? null,
        change.waveEndedAt !== undefined,
        change.waveEndedAt ?? null,
      ],
    );
  }

  async neverStop(id: RolloutId): Promise<void> {
    await this.client.query(`UPDATE rollouts SET stop_failed_percent = NULL WHERE id = $1`, [id]);
  }

  async holding(ids: readonly NodeRoleId[]): Promise<ReadonlyMap<NodeRoleId, { rollout: RolloutView; wave: number }>> {
    const rows = await rowsOf<ViewRow & { node_role_id: NodeRoleId; held_wave: number }>(this.client, HOLDING, [ids]);
    return new Map(rows.map((row) => [row.node_role_id, { rollout: toView(row), wave: row.held_wave }]));
  }
}
