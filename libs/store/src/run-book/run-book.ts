import type { PoolClient } from 'pg';
import {
  HIDDEN,
  hideSecrets,
  isId,
  type ListQuery,
  type LogStream,
  type Page,
  type RunBook,
  type RunDetail,
  type RunScope,
  type RunState,
  type RunView,
  type StoredLine,
  type TimelineEntry,
} from '#app';
import {
  ALL_NODE_ROLE_STATES,
  idOf,
  stateOf,
  type DeploymentId,
  type Json,
  type JsonObject,
  type NodeRoleId,
  type NodeRoleState,
  type Refusal,
  type RunId,
  type RunNote,
} from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';

const SELECT = `r.id, r.node_role_id, ro.name || '@' || n.name AS node_role, nr.role_id, r.node_id, n.name AS node, nr.deployment_id, r.state, r.attempt,
  r.jig, r.rerun, w.host || ':' || w.pid AS worker, r.queued_at, r.started_at, r.finished_at, r.deadline_at, r.cancel_requested_by, r.exit_code,
  r.reason, r.reboot_needed, r.log_lines, r.log_bytes`;
const FROM = `FROM runs r JOIN node_roles nr ON nr.id = r.node_role_id JOIN roles ro ON ro.id = nr.role_id JOIN nodes n ON n.id = r.node_id
  LEFT JOIN workers w ON w.id = r.worker_id`;

const SHAPE: ListShape = {
  things: 'runs',
  select: SELECT,
  from: FROM,
  id: 'r.id',
  fields: {
    id: { sql: 'r.id', type: 'uuid' },
    state: { sql: 'r.state', type: 'text' },
    node_role_id: { sql: 'r.node_role_id', type: 'uuid' },
    role: { sql: 'ro.name', type: 'text' },
    node: { sql: 'n.name', type: 'text' },
    node_id: { sql: 'r.node_id', type: 'uuid' },
    deployment: { sql: '(SELECT d.name FROM deployments d WHERE d.id = nr.deployment_id)', type: 'text' },
    deployment_id: { sql: 'nr.deployment_id', type: 'uuid' },
    jig: { sql: 'r.jig', type: 'text' },
    attempt: { sql: 'r.attempt', type: 'number' },
    queued_at: { sql: 'r.queued_at', type: 'time' },
    started_at: { sql: 'r.started_at', type: 'time', nullable: true },
    finished_at: { sql: 'r.finished_at', type: 'time', nullable: true },
    exit_code: { sql: 'r.exit_code', type: 'number', nullable: true },
  },
  sort: [{ field: 'queued_at', descending: true }],
};

/** Prepared: whoever waits for the graph to settle asks it at every commit. */
const TALLY = statement(
  'runBook.tally',
  `SELECT nr.state, count(*)::int AS count, (count(*) FILTER (WHERE nr.state = 0 AND nr.dirty))::int AS changed
   FROM node_roles nr JOIN deployments d ON d.id = nr.deployment_id
   WHERE CASE WHEN $1::uuid IS NULL THEN d.state = 'committed' ELSE d.id = $1 END GROUP BY nr.state`,
);

/** Events that are looked at for the pace; at full speed that is some seconds, else minutes. */
const PACE_EVENTS_MAX = 20_000;
const PACE = statement(
  'runBook.pace',
  `WITH latest AS MATERIALIZED (SELECT kind, at FROM events ORDER BY seq DESC LIMIT ${PACE_EVENTS_MAX}),
     span AS (SELECT CASE WHEN count(*) = ${PACE_EVENTS_MAX} THEN greatest(min(at), now() - $1 * interval '1 millisecond')
       ELSE now() - $1 * interval '1 millisecond' END AS since FROM latest)
   SELECT extract(epoch FROM now() - since)::float8 AS seconds,
     (count(*) FILTER (WHERE kind = 'node_role.active'))::int AS active, (count(*) FILTER (WHERE kind = 'node_role.error'))::int AS error
   FROM span LEFT JOIN latest ON at >= since GROUP BY since`,
);
const OLDEST = statement(
  'runBook.oldest',
  `SELECT o.state, o.id, ro.name || '@' || n.name AS name, o.state_since AS since
   FROM unnest('{-1,1,2,3}'::int[]) AS wanted (state) CROSS JOIN LATERAL (
     SELECT nr.* FROM node_roles nr JOIN deployments d ON d.id = nr.deployment_id
     WHERE nr.state = wanted.state AND d.state = 'committed' ORDER BY nr.state_since, nr.id LIMIT 1) o
   JOIN roles ro ON ro.id = o.role_id JOIN nodes n ON n.id = o.node_id ORDER BY o.state`,
);

interface Row {
  id: string;
  node_role_id: string;
  node_role: string;
  role_id: string;
  node_id: string;
  node: string;
  deployment_id: string;
  state: RunState;
  attempt: number;
  jig: string;
  rerun: boolean;
  worker: string | null;
  queued_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  deadline_at: Date | null;
  cancel_requested_by: string | null;
  exit_code: number | null;
  reason: string;
  reboot_needed: boolean;
  log_lines: number;
  log_bytes: string;
}

const toView = (row: Row): RunView => ({
  id: idOf(row.id),
  nodeRoleId: idOf(row.node_role_id),
  nodeRole: row.node_role,
  roleId: idOf(row.role_id),
  nodeId: idOf(row.node_id),
  node: row.node,
  deploymentId: idOf(row.deployment_id),
  state: row.state,
  attempt: row.attempt,
  jig: row.jig,
  rerun: row.rerun,
  worker: row.worker,
  queuedAt: row.queued_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  deadlineAt: row.deadline_at,
  cancelRequestedBy: row.cancel_requested_by,
  exitCode: row.exit_code,
  reason: row.reason,
  rebootNeeded: row.reboot_needed,
  logLines: row.log_lines,
  logBytes: Number(row.log_bytes),
});

const hide = (values: JsonObject, secret: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, secret.has(name) ? HIDDEN : value]));

/** Where a run's input holds secrets besides its attributes: laid out by path for scripts, and in the node's hints. */
interface SecretPaths {
  readonly tree: readonly string[];
  readonly hints: readonly string[];
}

const hideIn = (input: JsonObject, secret: ReadonlySet<string>, paths: SecretPaths): JsonObject => {
  const part = (key: string, change: (values: JsonObject) => JsonObject): JsonObject => {
    const value = input[key];
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { [key]: change(value as JsonObject) }
      : {};
  };
  return {
    ...input,
    ...part('attribs', (values) => hide(values, secret)),
    ...part('tree', (values) => hideSecrets(values, paths.tree)),
    ...part('hints', (values) => hideSecrets(values, paths.hints)),
  };
};

interface LineRow {
  line: number;
  attempt: number;
  at: Date;
  stream: LogStream;
  text: string;
}

export class PgRunBook implements RunBook {
  constructor(private readonly client: PoolClient) {}

  async find(id: string): Promise<RunDetail | null> {
    if (!isId(id)) return null;
    const { rows } = await this.client.query<Row & { input: JsonObject; outputs: JsonObject | null }>(
      `SELECT ${SELECT}, r.input, r.outputs ${FROM} WHERE r.id = $1`,
      [id],
    );
    const [row] = rows;
    if (!row) return null;
    // Inputs and outputs go by the names of attributes, which are unique, so the names of secret ones say what to hide.
    const { rows: secrets } = await this.client.query<{
      name: string;
      map: string;
      of_node: boolean;
      at: string | null;
    }>(
      `SELECT a.name, a.map, a.role_id IS NULL AS of_node, w.at FROM attribs a
       LEFT JOIN role_wants w ON w.attrib = a.name AND w.role_id = $1 WHERE a.secret`,
      [row.role_id],
    );
    const secret = new Set(secrets.map(({ name }) => name));
    const input = hideIn(row.input, secret, {
      tree: secrets.flatMap(({ map, at }) => (at === null ? [map] : [map, at])),
      hints: secrets.filter((one) => one.of_node).map(({ map }) => map),
    });
    return { ...toView(row), input, outputs: row.outputs && hide(row.outputs, secret) };
  }

  list(query: ListQuery, scope: RunScope = {}): Promise<Page<RunView> | Refusal> {
    return readPage<Row, RunView>(this.client, SHAPE, query, toView, (parameters) => {
      const conditions = ['true'];
      if (scope.nodeRoleId) conditions.push(`r.node_role_id = ${parameters.add(scope.nodeRoleId)}`);
      if (scope.nodeId) conditions.push(`r.node_id = ${parameters.add(scope.nodeId)}`);
      if (scope.deploymentId) conditions.push(`nr.deployment_id = ${parameters.add(scope.deploymentId)}`);
      return conditions.join(' AND ');
    });
  }

  async latestOf(nodeRoleId: NodeRoleId): Promise<RunView | null> {
    const { rows } = await this.client.query<Row>(
      `SELECT ${SELECT} ${FROM} WHERE r.node_role_id = $1 ORDER BY r.queued_at DESC, r.id DESC LIMIT 1`,
      [nodeRoleId],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  async lines(runId: RunId, after: number, limit: number): Promise<StoredLine[]> {
    const { rows } = await this.client.query<LineRow>(
      `SELECT line, attempt, at, stream, text FROM run_log_lines WHERE run_id = $1 AND line > $2 ORDER BY line LIMIT $3`,
      [runId, after, limit],
    );
    return rows;
  }

  async tail(runId: RunId, count: number): Promise<StoredLine[]> {
    const { rows } = await this.client.query<LineRow>(
      `SELECT line, attempt, at, stream, text FROM run_log_lines WHERE run_id = $1 ORDER BY line DESC LIMIT $2`,
      [runId, count],
    );
    return rows.reverse();
  }

  async notes(): Promise<ReadonlyMap<NodeRoleId, RunNote>> {
    const { rows } = await this.client.query<{
      node_role_id: string;
      state: 'queued' | 'running' | 'waiting';
      worker: string | null;
      since: Date;
      deadline_at: Date | null;
    }>(
      `SELECT r.node_role_id, r.state, w.host || ':' || w.pid AS worker, coalesce(r.started_at, r.queued_at) AS since, r.deadline_at
       FROM runs r LEFT JOIN workers w ON w.id = r.worker_id WHERE r.state IN ('queued', 'running', 'waiting')`,
    );
    return new Map(
      rows.map((row) => [
        idOf<NodeRoleId>(row.node_role_id),
        {
          state: row.state,
          worker: row.worker,
          since: row.since.getTime(),
          deadline: row.deadline_at?.getTime() ?? null,
        },
      ]),
    );
  }

  async tally(deploymentId?: DeploymentId): ReturnType<RunBook['tally']> {
    const rows = await rowsOf<{ state: number; count: number; changed: number }>(this.client, TALLY, [
      deploymentId ?? null,
    ]);
    const counts = Object.fromEntries(ALL_NODE_ROLE_STATES.map((state) => [state, 0])) as Record<NodeRoleState, number>;
    let changed = 0;
    for (const row of rows) {
      counts[stateOf(row.state)] = row.count;
      changed += row.changed;
    }
    return { counts, changed };
  }

  async pace(lookBackMs: number): ReturnType<RunBook['pace']> {
    const [row] = await rowsOf<{ seconds: number; active: number; error: number }>(this.client, PACE, [lookBackMs]);
    const oldest = await rowsOf<{ state: number; id: string; name: string; since: Date }>(this.client, OLDEST, []);
    return {
      seconds: row?.seconds ?? 0,
      became: { active: row?.active ?? 0, error: row?.error ?? 0 },
      oldest: oldest.map(({ state, id, name, since }) => ({
        state: stateOf(state),
        id: idOf<NodeRoleId>(id),
        name,
        since,
      })),
    };
  }

  async requestCancel(runId: RunId, actor: string): Promise<void> {
    await this.client.query(`UPDATE runs SET cancel_requested_by = coalesce(cancel_requested_by, $2) WHERE id = $1`, [
      runId,
      actor,
    ]);
  }

  async timeline(
    { nodeId, deploymentId }: Pick<RunScope, 'nodeId' | 'deploymentId'>,
    options: { readonly before?: Date; readonly limit: number },
  ): Promise<TimelineEntry[]> {
    // What the history says of the hot states stands in the runs, from beginning to end.
    const within = (node: string, deployment: string): string =>
      [...(nodeId ? [`${node} = $3`] : []), ...(deploymentId ? [`${deployment} = $${nodeId ? 4 : 3}`] : [])]
        .map((each) => ` AND ${each}`)
        .join('');
    const { rows } = await this.client.query<{
      at: Date;
      until: Date | null;
      kind: string;
      node: string | null;
      node_role: string | null;
      run_id: string | null;
      actor: string;
      data: Json;
    }>(
      `(SELECT r.queued_at AS at, r.finished_at AS until, 'run.' || r.state AS kind, n.name AS node, ro.name || '@' || n.name AS node_role, r.id AS run_id, '' AS actor,
               jsonb_strip_nulls(jsonb_build_object('attempt', r.attempt, 'jig', r.jig, 'reason', nullif(r.reason, ''), 'started_at', r.started_at)) AS data
        FROM runs r JOIN node_roles nr ON nr.id = r.node_role_id JOIN roles ro ON ro.id = nr.role_id JOIN nodes n ON n.id = r.node_id
        WHERE r.queued_at < $1${within('r.node_id', 'nr.deployment_id')} ORDER BY r.queued_at DESC LIMIT $2)
       UNION ALL
       (SELECT e.at, NULL, e.kind, n.name, ro.name || '@' || n.name, e.run_id, e.actor, e.data
        FROM events e LEFT JOIN nodes n ON n.id = e.node_id LEFT JOIN node_roles nr ON nr.id = e.node_role_id LEFT JOIN roles ro ON ro.id = nr.role_id
        WHERE e.kind <> ALL (ARRAY['node_role.todo'::text, 'node_role.transition'::text, 'node_role.active'::text]) AND e.at < $1${within('e.node_id', 'e.deployment_id')}
        ORDER BY e.seq DESC LIMIT $2)
       ORDER BY at DESC LIMIT $2`,
      [
        options.before ?? 'infinity',
        options.limit,
        ...(nodeId ? [nodeId] : []),
        ...(deploymentId ? [deploymentId] : []),
      ],
    );
    return rows.map((row) => ({
      at: row.at,
      until: row.until,
      kind: row.kind,
      node: row.node,
      nodeRole: row.node_role,
      runId: row.run_id === null ? null : idOf(row.run_id),
      actor: row.actor,
      data: row.data,
    }));
  }
}
