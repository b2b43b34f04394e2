import type { PoolClient } from 'pg';
import {
  ERASE_ROLE,
  type Adoption,
  type BootSession,
  type BootSessionId,
  type KeptBootSession,
  type MachinePart,
  type MachineReportView,
  type MachineStore,
  type NewBootSession,
  type NewMachineReport,
  type Retirement,
  type RetiringNode,
} from '#app';
import {
  distinctSerial,
  distinctUuid,
  idOf,
  stateOf,
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

const RETIRING = statement(
  'machines.retiring',
  `SELECT n.id, n.name, n.bootenv, n.alive, s.system, nr.id AS erase_id, nr.state AS erase_state,
     extract(epoch FROM now() - n.retire_powered_at)::float8 * 1000 AS powered_ago_ms
   FROM nodes n LEFT JOIN boot_sessions s ON s.id = n.boot_session_id
   LEFT JOIN roles r ON r.name = $1 LEFT JOIN node_roles nr ON nr.node_id = n.id AND nr.role_id = r.id
   WHERE n.retirement = 'under-way' ORDER BY n.id`,
);

const ADOPTION = `node_id, state, commits, says, until < now() AS is_overdue`;
const ADOPTIONS = statement(
  'machines.adoptions',
  `SELECT ${ADOPTION} FROM adoptions WHERE state = 'asked' ORDER BY asked_at LIMIT $1`,
);
const LOCK_ADOPTION = statement(
  'machines.lockAdoption',
  `SELECT ${ADOPTION} FROM adoptions WHERE node_id = $1 AND state = 'asked' FOR UPDATE`,
);

interface AdoptionRow {
  node_id: string;
  state: Adoption['state'];
  commits: boolean;
  says: string;
  is_overdue: boolean;
}

const toAdoption = (row: AdoptionRow): Adoption => ({
  nodeId: idOf(row.node_id),
  state: row.state,
  commits: row.commits,
  says: row.says,
  isOverdue: row.is_overdue,
});

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
    change: { readonly debugging?: { readonly from: string } | null; readonly retirement?: Retirement },
  ): Promise<void> {
    const { debugging, retirement } = change;
    await this.client.query(
      `UPDATE nodes SET debugging = coalesce($2::boolean, debugging),
         debug_bootenv = CASE WHEN $2::boolean IS NULL THEN debug_bootenv ELSE $3::text END,
         retirement = coalesce($4::text, retirement), retire_powered_at = CASE WHEN $4::text IS NULL THEN retire_powered_at END,
         version = version + 1, updated_at = now() WHERE id = $1`,
      [nodeId, debugging === undefined ? null : debugging !== null, debugging?.from ?? null, retirement ?? null],
    );
  }

  async debuggedFrom(nodeId: NodeId): Promise<string | null> {
    const { rows } = await this.client.query<{ debug_bootenv: string | null }>(
      `SELECT debug_bootenv FROM nodes WHERE id = $1 AND debugging`,
      [nodeId],
    );
    return rows[0]?.debug_bootenv ?? null;
  }

  async forgetBoot(nodeId: NodeId): Promise<void> {
    await this.client.query(`DELETE FROM tokens WHERE node_id = $1 AND boot_session_id IS NOT NULL`, [nodeId]);
    await this.client.query(`DELETE FROM machine_reports WHERE node_id = $1`, [nodeId]);
    await this.client.query(
      `UPDATE nodes SET boot_session_id = NULL, probe_failures = 0, probe_says = '', probed_at = NULL, version = version + 1,
         updated_at = now() WHERE id = $1`,
      [nodeId],
    );
  }

  async retiring(): Promise<RetiringNode[]> {
    interface Row {
      id: string;
      name: string;
      bootenv: string;
      system: 'memory' | 'disk' | null;
      alive: boolean;
      erase_id: string | null;
      erase_state: number | null;
      powered_ago_ms: number | null;
    }
    const rows = await rowsOf<Row>(this.client, RETIRING, [ERASE_ROLE]);
    return rows.map((row) => ({
      nodeId: idOf(row.id),
      name: row.name,
      bootenv: row.bootenv,
      system: row.system,
      alive: row.alive,
      erase:
        row.erase_id === null || row.erase_state === null
          ? null
          : { id: idOf(row.erase_id), state: stateOf(row.erase_state) },
      poweredAgoMs: row.powered_ago_ms,
    }));
  }

  async retirePowered(nodeId: NodeId): Promise<void> {
    await this.client.query(`UPDATE nodes SET retire_powered_at = now() WHERE id = $1`, [nodeId]);
  }

  async insertAdoption(
    nodeId: NodeId,
    options: { readonly commits: boolean; readonly withinMs: number },
  ): Promise<void> {
    await this.client.query(
      `INSERT INTO adoptions (node_id, commits, until) VALUES ($1, $2, now() + $3::float8 * interval '1 millisecond')`,
      [nodeId, options.commits, options.withinMs],
    );
  }

  async adoptions(limit: number): Promise<Adoption[]> {
    return (await rowsOf<AdoptionRow>(this.client, ADOPTIONS, [limit])).map(toAdoption);
  }

  async lockAdoption(nodeId: NodeId): Promise<Adoption | null> {
    const [row] = await rowsOf<AdoptionRow>(this.client, LOCK_ADOPTION, [nodeId]);
    return row ? toAdoption(row) : null;
  }

  async noteAdoption(
    nodeId: NodeId,
    note: { readonly state: Adoption['state']; readonly says: string },
  ): Promise<void> {
    await this.client.query(
      `UPDATE adoptions SET state = $2::text, says = $3, ended_at = CASE WHEN $2::text <> 'asked' THEN now() END WHERE node_id = $1`,
      [nodeId, note.state, storableText(note.says)],
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
