import type { PoolClient } from 'pg';
import {
  isId,
  LOG_BYTES_MAX,
  type DiskClaim,
  type InstallStore,
  type InstallView,
  type ListQuery,
  type OpenInstall,
  type Page,
} from '#app';
import {
  idOf,
  INSTALL_PHASES,
  installDeadline,
  isOpenPhase,
  type GrantedDisk,
  type Install,
  type InstallId,
  type NodeId,
  type NodeRoleId,
  type Refusal,
  type RunId,
} from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';
import { storableText } from '../storable.js';
import { toInstall, valuesOf, type InstallRow } from './install-row.js';

const COLUMNS = `i.id, i.node_id, i.node_role_id, i.run_id, i.phase, i.phase_since, i.times, i.plan, i.via, i.session, i.token_hash,
  i.join_hash, i.heard_at, i.boot_id, i.host_key, i.step, i.percent, i.says, i.powered_at, i.powered, i.reason, i.log_tail, i.created_at`;
const OPEN = `i.phase IN ('planned', 'armed', 'rebooting', 'installing', 'installed')`;

const INSERT = statement(
  'installs.insert',
  `INSERT INTO installs (id, node_id, node_role_id, run_id, phase, phase_since, times, plan, via, session, token_hash, join_hash,
     heard_at, boot_id, host_key, step, percent, says, powered_at, powered, reason, log_tail)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
);
const SAVE = statement(
  'installs.save',
  `UPDATE installs SET phase = $2, phase_since = $3, times = $4, via = $5, session = $6, token_hash = $7, join_hash = $8,
     heard_at = $9, boot_id = $10, host_key = $11, step = $12, percent = $13, says = $14, powered_at = $15, powered = $16,
     reason = $17, log_tail = $18
   WHERE id = $1`,
);
const LOCK = statement('installs.lock', `SELECT ${COLUMNS} FROM installs i WHERE i.id = $1 FOR UPDATE`);
const LOCK_OF_RUN = statement(
  'installs.lock-of-run',
  `SELECT ${COLUMNS} FROM installs i WHERE i.run_id = $1 FOR UPDATE`,
);
const LOCK_OPEN_OF = statement(
  'installs.lock-open-of',
  `SELECT ${COLUMNS} FROM installs i WHERE i.node_id = $1 AND ${OPEN} FOR UPDATE`,
);
/** `$1`: how many of those that wait for room; null is no limit. */
const ALL_OPEN = statement(
  'installs.open',
  `SELECT ${COLUMNS}, n.name AS node, n.alive, n.bootenv, n.address, n.ssh_port, n.host_key AS node_host_key,
     b.id AS boot_session, b.bootenv AS booted, b.begun_at
   FROM installs i JOIN nodes n ON n.id = i.node_id LEFT JOIN boot_sessions b ON b.id = n.boot_session_id
   WHERE ${OPEN} AND (i.phase <> 'planned' OR i.id IN (
     SELECT i.id FROM installs i WHERE ${OPEN} AND i.phase = 'planned' ORDER BY i.created_at, i.id LIMIT $1::int))
   ORDER BY i.created_at, i.id`,
);
const ADMITTED = statement(
  'installs.admitted',
  `SELECT count(*)::int AS count FROM installs WHERE phase IN ('armed', 'rebooting', 'installing', 'installed')`,
);
const CLAIMS = statement(
  'installs.claims',
  `SELECT c.disk_id, c.node_role_id, ro.name || '@' || n.name AS node_role FROM disk_claims c
   JOIN node_roles nr ON nr.id = c.node_role_id JOIN roles ro ON ro.id = nr.role_id JOIN nodes n ON n.id = c.node_id
   WHERE c.node_id = $1 ORDER BY c.disk_id`,
);
const UNCLAIM = statement(
  'installs.unclaim',
  `DELETE FROM disk_claims WHERE node_role_id = $1 AND disk_id <> ALL($2::text[])`,
);
const CLAIM = statement(
  'installs.claim',
  `INSERT INTO disk_claims AS c (node_id, disk_id, node_role_id, bytes)
   SELECT $1, d.id, $2, d.bytes FROM unnest($3::text[], $4::bigint[]) AS d(id, bytes)
   ON CONFLICT (node_id, disk_id) DO UPDATE SET bytes = excluded.bytes WHERE c.node_role_id = excluded.node_role_id
   RETURNING disk_id`,
);
/** The run is locked, so that two who write have their lines one after the other. */
const LOCK_LOG = statement('installs.lock-log', `SELECT 1 FROM runs WHERE id = $1 FOR UPDATE`);
const APPEND_LOG = statement(
  'installs.append-log',
  `WITH run AS (SELECT r.id, r.attempt, greatest(r.log_lines, coalesce((SELECT max(line) FROM run_log_lines WHERE run_id = r.id), 0)) AS last
                FROM runs r WHERE r.id = $1 AND r.log_bytes < $3),
   stored AS (INSERT INTO run_log_lines (run_id, line, attempt, stream, text)
     SELECT run.id, run.last + l.at, run.attempt, 'anneal', l.text FROM run, unnest($2::text[]) WITH ORDINALITY AS l(text, at)
     RETURNING run_id, line, octet_length(text) AS bytes),
   sums AS (SELECT run_id, max(line) AS last, sum(bytes) AS bytes FROM stored GROUP BY run_id)
   UPDATE runs SET log_lines = greatest(log_lines, sums.last), log_bytes = log_bytes + sums.bytes FROM sums WHERE runs.id = sums.run_id`,
);
const PUT_RUN_DEADLINE = statement(
  'installs.put-run-deadline',
  `UPDATE runs SET deadline_at = $2 WHERE id = $1 AND state = 'waiting'`,
);

const SELECT = `${COLUMNS}, n.name AS node, ro.name AS role`;
const FROM = `FROM installs i JOIN nodes n ON n.id = i.node_id JOIN node_roles nr ON nr.id = i.node_role_id JOIN roles ro ON ro.id = nr.role_id`;

const SHAPE: ListShape = {
  things: 'installs',
  select: SELECT,
  from: FROM,
  id: 'i.id',
  fields: {
    id: { sql: 'i.id', type: 'uuid' },
    node: { sql: 'n.name', type: 'text' },
    node_id: { sql: 'i.node_id', type: 'uuid' },
    node_role_id: { sql: 'i.node_role_id', type: 'uuid' },
    run_id: { sql: 'i.run_id', type: 'uuid' },
    phase: { sql: 'i.phase', type: 'text' },
    image: { sql: `i.plan #>> '{image,name}'`, type: 'text' },
    phase_since: { sql: 'i.phase_since', type: 'time' },
    created_at: { sql: 'i.created_at', type: 'time' },
  },
  sort: [{ field: 'created_at', descending: true }],
};

type ViewRow = InstallRow & { node: string; role: string };

interface OpenRow extends InstallRow {
  node: string;
  alive: boolean;
  bootenv: string;
  address: string | null;
  ssh_port: number;
  node_host_key: string | null;
  boot_session: string | null;
  booted: string | null;
  begun_at: Date | null;
}

const toView = (row: ViewRow): InstallView => {
  const install = toInstall(row);
  const { plan, times } = install;
  return {
    ...install,
    node: row.node,
    nodeRole: `${row.role}@${row.node}`,
    phaseSince: row.phase_since,
    deadlineAt: isOpenPhase(install.phase) ? new Date(installDeadline(install).at) : null,
    heardAt: row.heard_at,
    image: plan.image.name,
    layout: plan.layout,
    disks: plan.disks,
    bootenv: plan.bootenv,
    times: INSTALL_PHASES.flatMap((phase) => {
      const at = times[phase];
      return at === undefined ? [] : [{ phase, at: new Date(at) }];
    }),
    createdAt: row.created_at,
  };
};

export class PgInstallStore implements InstallStore {
  constructor(private readonly client: PoolClient) {}

  async insert(install: Install): Promise<void> {
    const { id, nodeId, nodeRoleId, runId, plan } = install;
    const [phase, since, times, ...rest] = valuesOf(install);
    await rowsOf(this.client, INSERT, [
      id,
      nodeId,
      nodeRoleId,
      runId,
      phase,
      since,
      times,
      JSON.stringify(plan),
      ...rest,
    ]);
  }

  async save(install: Install): Promise<void> {
    await rowsOf(this.client, SAVE, [install.id, ...valuesOf(install)]);
  }

  async lock(id: InstallId): Promise<Install | null> {
    return isId(id) ? this.one(LOCK, id) : null;
  }

  lockOfRun(runId: RunId): Promise<Install | null> {
    return this.one(LOCK_OF_RUN, runId);
  }

  lockOpenOf(nodeId: NodeId): Promise<Install | null> {
    return this.one(LOCK_OPEN_OF, nodeId);
  }

  async open(plannedMax?: number): Promise<OpenInstall[]> {
    return (await rowsOf<OpenRow>(this.client, ALL_OPEN, [plannedMax ?? null])).map((row) => ({
      install: toInstall(row),
      node: {
        name: row.node,
        alive: row.alive,
        bootenv: row.bootenv,
        address: row.address,
        sshPort: row.ssh_port,
        hostKey: row.node_host_key,
      },
      boot:
        row.boot_session !== null && row.booted !== null && row.begun_at !== null
          ? { session: row.boot_session, bootenv: row.booted, begunAt: row.begun_at.getTime() }
          : null,
    }));
  }

  async admitted(): Promise<number> {
    const [row] = await rowsOf<{ count: number }>(this.client, ADMITTED, []);
    return row?.count ?? 0;
  }

  async find(id: string): Promise<InstallView | null> {
    if (!isId(id)) return null;
    const { rows } = await this.client.query<ViewRow>(`SELECT ${SELECT} ${FROM} WHERE i.id = $1`, [id]);
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<InstallView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView);
  }

  async latestOf(nodeIds: readonly NodeId[]): Promise<ReadonlyMap<NodeId, InstallView>> {
    const { rows } = await this.client.query<ViewRow>(
      `SELECT DISTINCT ON (i.node_id) ${SELECT} ${FROM} WHERE i.node_id = ANY($1::uuid[]) ORDER BY i.node_id, i.created_at DESC, i.id DESC`,
      [nodeIds],
    );
    return new Map(rows.map((row) => [idOf<NodeId>(row.node_id), toView(row)]));
  }

  async claims(nodeId: NodeId): Promise<DiskClaim[]> {
    const rows = await rowsOf<{ disk_id: string; node_role_id: string; node_role: string }>(this.client, CLAIMS, [
      nodeId,
    ]);
    return rows.map((row) => ({
      diskId: row.disk_id,
      nodeRoleId: idOf(row.node_role_id),
      nodeRole: row.node_role,
    }));
  }

  async claim(nodeId: NodeId, nodeRoleId: NodeRoleId, disks: readonly GrantedDisk[]): Promise<boolean> {
    const ids = disks.map(({ id }) => id);
    await rowsOf(this.client, UNCLAIM, [nodeRoleId, ids]);
    const claimed = await rowsOf(this.client, CLAIM, [nodeId, nodeRoleId, ids, disks.map(({ bytes }) => bytes)]);
    return claimed.length === disks.length;
  }

  async appendLog(runId: RunId, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    await rowsOf(this.client, LOCK_LOG, [runId]);
    await rowsOf(this.client, APPEND_LOG, [runId, lines.map(storableText), LOG_BYTES_MAX]);
  }

  async putRunDeadline(runId: RunId, at: Date): Promise<void> {
    await rowsOf(this.client, PUT_RUN_DEADLINE, [runId, at]);
  }

  private async one(sql: ReturnType<typeof statement>, key: string): Promise<Install | null> {
    const [row] = await rowsOf<InstallRow>(this.client, sql, [key]);
    return row ? toInstall(row) : null;
  }
}
