import type { PoolClient } from 'pg';
import type { EarlyReport, NewRun, Run, RunEnd, RunState, RunStore } from '#app';
import { idOf, type JsonObject, type NodeRoleId, type RunId } from '#core';
import { rowsOf, statement } from '../sql.js';
import { storableJson, storableText } from '../storable.js';

const RUN_COLUMNS = `id, node_role_id, node_id, attempt, fence, state, jig, rerun, worker_id, deadline_at, cancel_requested_by, input`;

interface RunRow {
  id: string;
  node_role_id: string;
  node_id: string;
  attempt: number;
  fence: string;
  state: RunState;
  jig: string;
  rerun: boolean;
  worker_id: string | null;
  deadline_at: Date | null;
  cancel_requested_by: string | null;
  input: JsonObject;
}

const toRun = (row: RunRow): Run => ({
  id: idOf(row.id),
  nodeRoleId: idOf(row.node_role_id),
  nodeId: idOf(row.node_id),
  attempt: row.attempt,
  fence: Number(row.fence),
  state: row.state,
  jig: row.jig,
  rerun: row.rerun,
  workerId: row.worker_id,
  deadlineAt: row.deadline_at,
  cancelRequestedBy: row.cancel_requested_by,
  input: row.input,
});

const INSERT = statement(
  'runs.insert',
  `INSERT INTO runs (id, node_role_id, node_id, jig, rerun, input)
   SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bool[], $6::jsonb[])`,
);
const LOCK_OPEN = statement(
  'runs.lock-open',
  `SELECT ${RUN_COLUMNS} FROM runs WHERE id = $1 AND attempt = $2 AND state IN ('queued', 'running', 'waiting') FOR UPDATE`,
);
const LOCK_OPEN_OF = statement(
  'runs.lock-open-of',
  `SELECT ${RUN_COLUMNS} FROM runs WHERE node_role_id = ANY($1::uuid[]) AND state IN ('queued', 'running', 'waiting') ORDER BY id FOR UPDATE`,
);
const ENDED_AS = statement(
  'runs.ended-as',
  `SELECT state FROM runs WHERE id = $1 AND attempt = $2 AND state NOT IN ('queued', 'running', 'waiting')`,
);
const END = statement(
  'runs.end',
  `UPDATE runs SET state = $2, reason = $3, exit_code = $4, outputs = $5, reboot_needed = $6, finished_at = now() WHERE id = $1`,
);
const WAIT = statement('runs.wait', `UPDATE runs SET state = 'waiting', deadline_at = $2 WHERE id = $1`);
const KEEP_REPORT = statement('runs.keep-report', `UPDATE runs SET reported = $2 WHERE id = $1`);
const REPORTS = statement(
  'runs.reports',
  `SELECT r.id, r.reported FROM unnest($1::uuid[], $2::int[]) AS t(id, attempt) JOIN runs r ON r.id = t.id
   WHERE r.attempt = t.attempt AND (r.reported ->> 'attempt')::int = t.attempt`,
);

/** Longest reason kept in a run, in characters; the log has the rest. */
const REASON_LENGTH_MAX = 4_000;

export class PgRunStore implements RunStore {
  constructor(private readonly client: PoolClient) {}

  async insert(runs: readonly NewRun[]): Promise<void> {
    if (runs.length === 0) return;
    await rowsOf(this.client, INSERT, [
      runs.map(({ id }) => id),
      runs.map(({ nodeRoleId }) => nodeRoleId),
      runs.map(({ nodeId }) => nodeId),
      runs.map(({ jig }) => jig),
      runs.map(({ rerun }) => rerun),
      runs.map(({ input }) => JSON.stringify(input)),
    ]);
  }

  async lockOpen(id: RunId, attempt: number): Promise<Run | null> {
    const [row] = await rowsOf<RunRow>(this.client, LOCK_OPEN, [id, attempt]);
    return row ? toRun(row) : null;
  }

  async lockOpenOf(nodeRoleIds: readonly NodeRoleId[]): Promise<Run[]> {
    return (await rowsOf<RunRow>(this.client, LOCK_OPEN_OF, [nodeRoleIds])).map(toRun);
  }

  async endedAs(id: RunId, attempt: number): Promise<RunEnd['state'] | null> {
    const [row] = await rowsOf<{ state: RunEnd['state'] }>(this.client, ENDED_AS, [id, attempt]);
    return row?.state ?? null;
  }

  async end(id: RunId, end: RunEnd): Promise<void> {
    await rowsOf(this.client, END, [
      id,
      end.state,
      storableText(end.reason.slice(0, REASON_LENGTH_MAX)),
      end.exitCode ?? null,
      end.outputs ? storableJson(end.outputs) : null,
      end.rebootNeeded ?? false,
    ]);
  }

  async wait(id: RunId, deadlineAt: Date): Promise<void> {
    await rowsOf(this.client, WAIT, [id, deadlineAt]);
  }

  async keepReport(id: RunId, report: EarlyReport): Promise<void> {
    await rowsOf(this.client, KEEP_REPORT, [id, storableJson({ ...report })]);
  }

  async reports(tickets: readonly { runId: RunId; attempt: number }[]): Promise<Map<RunId, EarlyReport>> {
    const rows = await rowsOf<{ id: string; reported: EarlyReport }>(this.client, REPORTS, [
      tickets.map(({ runId }) => runId),
      tickets.map(({ attempt }) => attempt),
    ]);
    return new Map(rows.map(({ id, reported }) => [idOf<RunId>(id), reported]));
  }
}
