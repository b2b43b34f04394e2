import type { PoolClient } from 'pg';
import type {
  BootSession,
  BootSessionId,
  KeptBootSession,
  MachinePart,
  MachineReportView,
  MachineStore,
  NewBootSession,
  NewMachineReport,
  Retirement,
} from '#app';
import {
  distinctSerial,
  distinctUuid,
  idOf,
  turnedUuid,
  type KnownMachine,
  type MachineClaims,
  type NodeId,
} from '#core';
import { rowsOf, statement } from '../sql.js';
import { storableText } from '../storable.js';

const ALIKE = statement(
  'machines.alike',
  `SELECT n.id, n.name, n.macs, n.inventory #>> '{system,uuid}' AS uuid, n.inventory #>> '{system,serial}' AS serial
   FROM nodes n WHERE NOT n.system AND (lower(n.inventory #>> '{system,uuid}') = ANY ($1::text[]) OR n.macs && $2::text[])
   ORDER BY n.id`,
);

const SESSION = `s.id, s.node_id, s.system, s.bootenv, s.made_at, s.begun_at, s.boot_id, s.address`;

const LOCK_SESSION = statement(
  'machines.lockSession',
  `SELECT ${SESSION}, s.digest, s.answers, extract(epoch FROM now() - s.begun_at)::float8 * 1000 AS age_ms,
     EXISTS (SELECT 1 FROM nodes n WHERE n.id = s.node_id AND n.boot_session_id = s.id) AS is_current
   FROM boot_sessions s WHERE s.id = $1 FOR UPDATE`,
);

const INSERT_SESSION = statement(
  'machines.insertSession',
  `INSERT INTO boot_sessions (id, node_id, system, bootenv, made_at, boot_id, address, digest)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id`,
);

const CURRENT = statement(
  'machines.current',
  `SELECT ${SESSION} FROM boot_sessions s JOIN nodes n ON n.boot_session_id = s.id WHERE n.id = $1`,
);

/** What is about a part that nobody has mended is one row; saying it again counts. */
const REPORT = statement(
  'machines.report',
  `INSERT INTO machine_reports (id, node_id, part, subject, severity, says) VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (node_id, part, subject) WHERE resolved_at IS NULL
   DO UPDATE SET severity = excluded.severity, says = excluded.says, times = machine_reports.times + 1, last_at = now()
   RETURNING times = 1 AS is_new`,
);

const REPORTS = statement(
  'machines.reports',
  `SELECT id, part, subject, severity, says, times, reported_at, last_at, resolved_at FROM machine_reports
   WHERE node_id = $1 ORDER BY resolved_at IS NOT NULL, last_at DESC, id LIMIT $2`,
);

interface SessionRow {
  id: string;
  node_id: string | null;
  system: BootSession['system'];
  bootenv: string;
  made_at: Date;
  begun_at: Date;
  boot_id: string | null;
  address: string | null;
}

const toSession = (row: SessionRow): BootSession => ({
  id: idOf(row.id),
  nodeId: row.node_id === null ? null : idOf(row.node_id),
  system: row.system,
  bootenv: row.bootenv,
  madeAt: row.made_at,
  begunAt: row.begun_at,
  bootId: row.boot_id,
  address: row.address,
});

export class PgMachineStore implements MachineStore {
  constructor(private readonly client: PoolClient) {}

  async alike({ uuid, macs }: MachineClaims): Promise<KnownMachine[]> {
    const uuids = uuid === null ? [] : [uuid, turnedUuid(uuid)];
    const rows = await rowsOf<{ id: string; name: string; macs: string[]; uuid: string | null; serial: string | null }>(
      this.client,
      ALIKE,
      [uuids, macs],
    );
    return rows.map((row) => ({
      node: idOf(row.id),
      name: row.name,
      macs: row.macs,
      uuid: distinctUuid(row.uuid),
      serial: distinctSerial(row.serial),
    }));
  }

  async lockSession(id: BootSessionId): Promise<KeptBootSession | null> {
    const [row] = await rowsOf<
      SessionRow & { digest: Buffer | null; answers: number; age_ms: number; is_current: boolean }
    >(this.client, LOCK_SESSION, [id]);
    if (!row) return null;
    return {
      ...toSession(row),
      digest: row.digest,
      answers: row.answers,
      ageMs: row.age_ms,
      isCurrent: row.is_current,
    };
  }

  async insertSession(session: NewBootSession): Promise<boolean> {
    const { id, nodeId, system, bootenv, madeAt, bootId, address, digest } = session;
    const values = [id, nodeId, system, bootenv, madeAt, bootId, address, digest];
    return (await rowsOf(this.client, INSERT_SESSION, values)).length === 1;
  }

  async makeCurrent(id: BootSessionId, nodeId: NodeId): Promise<void> {
    await this.client.query(
      `UPDATE nodes SET boot_session_id = $1, version = version + 1, updated_at = now() WHERE id = $2`,
      [id, nodeId],
    );
    await this.client.query(
      `DELETE FROM tokens WHERE node_id = $2 AND boot_session_id IS NOT NULL AND boot_session_id <> $1`,
      [id, nodeId],
    );
  }

  async currentOf(nodeId: NodeId): Promise<BootSession | null> {
    const [row] = await rowsOf<SessionRow>(this.client, CURRENT, [nodeId]);
    return row ? toSession(row) : null;
  }

  async answeredAgain(id: BootSessionId): Promise<void> {
    await this.client.query(`UPDATE boot_sessions SET answers = answers + 1 WHERE id = $1`, [id]);
    await this.client.query(`DELETE FROM tokens WHERE boot_session_id = $1`, [id]);
  }

  async reached(nodeId: NodeId): Promise<void> {
    await this.client.query(
      `UPDATE boot_sessions s SET reached_at = now() FROM nodes n
       WHERE n.id = $1 AND s.id = n.boot_session_id AND s.reached_at IS NULL`,
      [nodeId],
    );
  }

  async forgetSessions(before: Date, limit: number): Promise<number> {
    const { rowCount } = await this.client.query(
      `DELETE FROM boot_sessions WHERE id IN (
         SELECT s.id FROM boot_sessions s WHERE s.begun_at < $1 AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.boot_session_id = s.id)
         LIMIT $2)`,
      [before, limit],
    );
    return rowCount ?? 0;
  }

  async mark(
    nodeId: NodeId,
    { debugging, retirement }: { readonly debugging?: boolean; readonly retirement?: Retirement },
  ): Promise<void> {
    await this.client.query(
      `UPDATE nodes SET debugging = coalesce($2, debugging), retirement = coalesce($3, retirement), version = version + 1,
         updated_at = now() WHERE id = $1`,
      [nodeId, debugging ?? null, retirement ?? null],
    );
  }

  async report({ id, nodeId, part, subject, severity, says }: NewMachineReport): Promise<boolean> {
    const values = [id, nodeId, part, storableText(subject), severity, storableText(says)];
    const [row] = await rowsOf<{ is_new: boolean }>(this.client, REPORT, values);
    return row?.is_new ?? false;
  }

  async resolve(nodeId: NodeId, part: MachinePart, subject: string): Promise<boolean> {
    const { rowCount } = await this.client.query(
      `UPDATE machine_reports SET resolved_at = now() WHERE node_id = $1 AND part = $2 AND subject = $3 AND resolved_at IS NULL`,
      [nodeId, part, storableText(subject)],
    );
    return rowCount === 1;
  }

  async reportsOf(nodeId: NodeId, limit: number): Promise<MachineReportView[]> {
    interface Row {
      id: string;
      part: MachinePart;
      subject: string;
      severity: 'warning' | 'failure';
      says: string;
      times: number;
      reported_at: Date;
      last_at: Date;
      resolved_at: Date | null;
    }
    return (await rowsOf<Row>(this.client, REPORTS, [nodeId, limit])).map(
      ({ reported_at: reportedAt, last_at: lastAt, resolved_at: resolvedAt, ...row }) => ({
        ...row,
        reportedAt,
        lastAt,
        resolvedAt,
      }),
    );
  }

  async workerKeys(): Promise<string[]> {
    const { rows } = await this.client.query<{ public_key: string }>(
      `SELECT public_key FROM worker_keys ORDER BY seen_at DESC, public_key`,
    );
    return rows.map(({ public_key }) => public_key);
  }

  async keepWorkerKey(host: string, publicKey: string): Promise<void> {
    await this.client.query(
      `INSERT INTO worker_keys (public_key, host) VALUES ($1, $2)
       ON CONFLICT (public_key) DO UPDATE SET host = excluded.host, seen_at = now()`,
      [publicKey, host],
    );
  }
}
