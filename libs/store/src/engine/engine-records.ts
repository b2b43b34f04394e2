import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import {
  EngineRecords,
  type BegunRun,
  type HeldRun,
  type Lease,
  type OpenRun,
  type RoleWork,
  type Ticket,
  type WorkerDoing,
} from '#app';
import { idOf, type RoleId, type RunId } from '#core';
import { toBegunRun, type BegunRow } from './begun.js';

/** Rows of one statement outside of any transaction. */
type Rows<Row> = Promise<Row[]>;

export class PgEngineRecords extends EngineRecords {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  private query<Row>(text: string, values: readonly unknown[]): Rows<Row> {
    return this.dataSource.query(text, values as unknown[]) as Rows<Row>;
  }

  /** On the hot path a statement is prepared, and goes straight to the pool. */
  private async prepared<Row>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const pool = (this.dataSource.driver as unknown as { master: Pool }).master;
    return (await pool.query({ name, text, values: values as unknown[] })).rows as Row[];
  }

  override async takeLease(name: string, holder: string, ttlMs: number): Promise<Lease | null> {
    const rows = await this.query<{ epoch: string }>(
      `INSERT INTO leases AS l (name, holder, expires_at) VALUES ($1, $2, now() + $3 * interval '1 ms')
       ON CONFLICT (name) DO UPDATE SET
         epoch = l.epoch + CASE WHEN l.holder = excluded.holder THEN 0 ELSE 1 END,
         holder = excluded.holder, expires_at = excluded.expires_at
       WHERE l.holder = excluded.holder OR l.expires_at < now()
       RETURNING epoch`,
      [name, holder, ttlMs],
    );
    return rows[0] ? { name, holder, epoch: Number(rows[0].epoch) } : null;
  }

  override async giveLease(lease: Lease): Promise<void> {
    await this.query(
      `UPDATE leases SET expires_at = now() - interval '1 s' WHERE name = $1 AND holder = $2 AND epoch = $3`,
      [lease.name, lease.holder, lease.epoch],
    );
  }

  override async enrolWorker(worker: { id: string; host: string; pid: number }): Promise<void> {
    await this.query(`INSERT INTO workers (id, host, pid) VALUES ($1, $2, $3)`, [worker.id, worker.host, worker.pid]);
  }

  override async dismissWorker(id: string): Promise<void> {
    await this.query(`DELETE FROM workers WHERE id = $1`, [id]);
  }

  override async heartbeat(workerId: string, held: readonly Ticket[], doing: WorkerDoing): Promise<HeldRun[]> {
    const rows = await this.query<{
      run_id: string;
      attempt: number;
      mine: boolean;
      cancel_requested_by: string | null;
    }>(
      `WITH beat AS (UPDATE workers SET heartbeat_at = now(), doing = $4 WHERE id = $1),
       -- Runs that say they are this worker's and that it knows nothing of: the answer to its begin was lost, or it gave
       -- them up while it could not speak. Without a worker, rescue decides about them.
       unknown AS (UPDATE runs SET worker_id = NULL WHERE worker_id = $1 AND state = 'running' AND id <> ALL($2::uuid[])
                   AND started_at < now() - interval '${BEGIN_GRACE}')
       SELECT h.run_id, h.attempt, r.cancel_requested_by,
              (r.id IS NOT NULL AND r.attempt = h.attempt AND r.worker_id = $1 AND r.state IN ('running', 'waiting')) AS mine
       FROM unnest($2::uuid[], $3::int[]) AS h(run_id, attempt) LEFT JOIN runs r ON r.id = h.run_id`,
      [workerId, held.map(({ runId }) => runId), held.map(({ attempt }) => attempt), JSON.stringify(doing)],
    );
    return rows.map((row) => ({
      runId: idOf(row.run_id),
      attempt: row.attempt,
      mine: row.mine,
      cancelRequestedBy: row.cancel_requested_by,
    }));
  }

  override async liveWorkers(silenceMsMax: number): Promise<number> {
    const [row] = await this.query<{ count: string }>(
      `SELECT count(*) FROM workers WHERE heartbeat_at > now() - $1 * interval '1 ms'`,
      [silenceMsMax],
    );
    return Number(row?.count ?? 0);
  }

  override async begin(workerId: string, tickets: readonly Ticket[]): Promise<BegunRun[]> {
    const rows = await this.prepared<BegunRow>(
      'engine.begin',
      `UPDATE runs r SET state = 'running', worker_id = $1, started_at = now(),
         deadline_at = now() + coalesce(ro.timeout_ms, usual.timeout_ms) * interval '1 ms'
       FROM unnest($2::uuid[], $3::int[]) AS t(run_id, attempt), node_roles nr, roles ro, nodes n,
         (SELECT nullif(max(value::bigint), 0) * 1000 AS timeout_ms FROM settings WHERE key = 'run_timeout_seconds') AS usual
       WHERE r.id = t.run_id AND r.attempt = t.attempt AND r.state = 'queued'
         AND nr.id = r.node_role_id AND ro.id = nr.role_id AND n.id = r.node_id
       RETURNING r.id, r.attempt, r.fence, r.node_role_id, nr.role_id, ro.version AS role_version, r.jig, r.input, r.deadline_at, coalesce(ro.timeout_ms, usual.timeout_ms) AS timeout_ms,
                 n.id AS node_id, n.name AS node_name, n.address, n.ssh_port, n.host_key`,
      [workerId, tickets.map(({ runId }) => runId), tickets.map(({ attempt }) => attempt)],
    );
    return rows.map(toBegunRun);
  }

  override async roleWork(roleIds: readonly RoleId[]): Promise<RoleWork[]> {
    const rows = await this.query<RoleWorkRow>(
      `SELECT ro.id, ro.version, ro.name, ro.files,
              coalesce((SELECT jsonb_agg(jsonb_build_object('name', a.name, 'schema', a.schema) ORDER BY a.name)
                        FROM attribs a WHERE a.role_id = ro.id AND a.kind = 'output'), '[]') AS outputs
       FROM roles ro WHERE ro.id = ANY($1::uuid[])`,
      [roleIds],
    );
    return rows.map((row) => ({
      roleId: idOf(row.id),
      version: Number(row.version),
      name: row.name,
      files: row.files,
      outputs: row.outputs,
    }));
  }

  override async openRuns(): Promise<OpenRun[]> {
    const rows = await this.query<OpenRunRow>(
      // A run of the jig install only plans, and finds its own row again: another attempt destroys nothing.
      `SELECT r.id, r.attempt, r.node_role_id, r.state, 'destructive' = ANY(ro.flags) AND r.jig <> 'install' AS destructive,
              extract(epoch FROM clock_timestamp() - r.dispatched_at)::float8 * 1000 AS since_dispatch_ms,
              extract(epoch FROM clock_timestamp() - w.heartbeat_at)::float8 * 1000 AS since_heartbeat_ms,
              CASE WHEN r.deadline_at < clock_timestamp()
                   THEN extract(epoch FROM clock_timestamp() - r.deadline_at)::float8 * 1000 END AS overdue_ms
       FROM runs r JOIN node_roles nr ON nr.id = r.node_role_id JOIN roles ro ON ro.id = nr.role_id
       LEFT JOIN workers w ON w.id = r.worker_id
       WHERE r.state IN ('queued', 'running', 'waiting') ORDER BY r.queued_at`,
      [],
    );
    return rows.map((row) => ({
      runId: idOf(row.id),
      attempt: row.attempt,
      nodeRoleId: idOf(row.node_role_id),
      state: row.state,
      destructive: row.destructive,
      sinceDispatchMs: row.since_dispatch_ms,
      sinceHeartbeatMs: row.since_heartbeat_ms,
      overdueMs: row.overdue_ms,
    }));
  }

  override async dispatchAgain(ids: readonly RunId[]): Promise<Ticket[]> {
    const [rows] = (await this.dataSource.query(
      `UPDATE runs SET dispatched_at = now() WHERE id = ANY($1::uuid[]) AND state = 'queued' RETURNING id, attempt`,
      [ids as unknown[]],
    )) as [{ id: string; attempt: number }[], number];
    return rows.map(({ id, attempt }) => ({ runId: idOf(id), attempt }));
  }

  override async lastEvent(): Promise<number> {
    const [row] = await this.prepared<{ last: string }>('engine.last-event-seen', `SELECT last FROM event_counter`, []);
    return Number(row?.last ?? 0);
  }

  override async runsAtOnceMax(): Promise<number> {
    const [row] = await this.query<{ value: unknown }>(`SELECT value FROM settings WHERE key = 'runs_at_once_max'`, []);
    const value = Number(row?.value);
    return Number.isInteger(value) && value > 0 ? value : RUNS_AT_ONCE_DEFAULT;
  }
}

/** How long a worker may take between the begin of a run and knowing of it. */
const BEGIN_GRACE = '3 seconds';

/** The cap when the setting is missing. */
const RUNS_AT_ONCE_DEFAULT = 10;

interface RoleWorkRow {
  id: string;
  version: string;
  name: string;
  files: RoleWork['files'];
  outputs: RoleWork['outputs'];
}

interface OpenRunRow {
  id: string;
  attempt: number;
  node_role_id: string;
  state: OpenRun['state'];
  destructive: boolean;
  since_dispatch_ms: number;
  since_heartbeat_ms: number | null;
  overdue_ms: number | null;
}
