import type { PoolClient } from 'pg';
import {
  isId,
  type CertificationChange,
  type CertificationDetail,
  type CertificationId,
  type CertificationProgress,
  type CertificationRecord,
  type CertificationStore,
  type CertificationView,
  type EvidenceFile,
  type GuidelineId,
  type HistoryEntry,
  type ListQuery,
  type NewCertification,
  type OutcomeView,
  type Page,
  type SuiteId,
  type VerdictLine,
} from '#app';
import { idOf, type NodeRoleId, type Refusal, type TestOutcome, type TestStatus, type Verdict } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { rowsOf, statement } from '../sql.js';
import { storableJson, storableText } from '../storable.js';
import {
  toDetail,
  toRecord,
  toView,
  type CertificationRow,
  type DetailRow,
  type RecordRow,
} from './certification-row.js';

const GOALS = `(SELECT coalesce(json_agg(json_build_object('guideline', g.name, 'program', o.program, 'guidelineId', g.id,
    'revision', g.revision, 'digest', g.digest) ORDER BY o.position), '[]')
  FROM certification_goals o JOIN guidelines g ON g.id = o.guideline_id WHERE o.certification_id = c.id) AS goals`;
const LINE = `json_build_object('guidelineId', g.id, 'guideline', g.name, 'revision', g.revision, 'program', v.program, 'rules', v.rules,
  'met', v.met, 'mustPassTotal', v.must_pass_total, 'mustPassPassed', v.must_pass_passed, 'claim', v.claim)`;
const VERDICTS = `(SELECT coalesce(json_agg(${LINE} ORDER BY g.name, v.program), '[]')
  FROM certification_verdicts v JOIN guidelines g ON g.id = v.guideline_id WHERE v.certification_id = c.id) AS verdicts`;
const SUITE = `(SELECT json_build_object('id', s.id, 'name', s.name, 'version', s.version, 'digest', s.digest)
  FROM suites s WHERE s.id = c.suite_id) AS suite`;
const VIEW = `c.id, c.parent_id, c.root_id, c.state, c.target, c.cloud, c.deployment_id, c.endpoint, c.node_role_id, c.tester, c.run_id,
  c.plan, ${GOALS}, c.note, ${SUITE}, c.facts, c.counts, c.under_way, c.seconds, c.notes, c.reason, ${VERDICTS}, c.public,
  c.official_by, c.official_at, c.stream_bytes, c.stream_gone_at, c.created_by, c.created_at, c.started_at, c.ended_at, c.version`;
const DETAIL = `${VIEW}, c.load_list, c.inputs, c.disclosure`;
const RECORD = `${DETAIL}, c.fence, c.access_sealed, c.next_piece, c.told_at`;

const SHAPE: ListShape = {
  things: 'certifications',
  select: VIEW,
  from: 'FROM certifications c',
  id: 'c.id',
  fields: {
    id: { sql: 'c.id', type: 'uuid' },
    parent_id: { sql: 'c.parent_id', type: 'uuid', nullable: true },
    root_id: { sql: 'c.root_id', type: 'uuid' },
    state: { sql: 'c.state', type: 'text' },
    target: { sql: 'c.target', type: 'text' },
    cloud: { sql: 'c.cloud', type: 'text' },
    deployment_id: { sql: 'c.deployment_id', type: 'uuid', nullable: true },
    node_role_id: { sql: 'c.node_role_id', type: 'uuid', nullable: true },
    tester: { sql: 'c.tester', type: 'text', nullable: true },
    public: { sql: 'c.public', type: 'boolean' },
    created_at: { sql: 'c.created_at', type: 'time' },
    ended_at: { sql: 'c.ended_at', type: 'time', nullable: true },
  },
  sort: [{ field: 'created_at', descending: true }],
};

const OUTCOMES: ListShape = {
  things: 'outcomes',
  select: 'o.certification_id, o.name, o.test_id, o.status, o.seconds, o.worker, o.reason, o.traceback',
  from: 'FROM certification_outcomes o',
  // The last key of an order is read as a UUID: the name of a test is dressed as one.
  id: 'md5(o.name)::uuid',
  fields: {
    name: { sql: 'o.name', type: 'text' },
    test_id: { sql: 'o.test_id', type: 'text', nullable: true },
    status: { sql: 'o.status', type: 'text' },
    seconds: { sql: 'o.seconds', type: 'number', nullable: true },
    worker: { sql: 'o.worker', type: 'text', nullable: true },
  },
  sort: [{ field: 'name' }],
};

interface OutcomeRow {
  certification_id: string;
  name: string;
  test_id: string | null;
  status: TestStatus;
  seconds: number | null;
  worker: string | null;
  reason: string | null;
  traceback: string | null;
}

const toOutcome = ({ name, test_id, status, seconds, worker, reason, traceback }: OutcomeRow): TestOutcome => ({
  name,
  id: test_id,
  status,
  seconds,
  worker,
  reason,
  traceback,
});

const ADD_OUTCOMES = statement(
  'certifications.add-outcomes',
  `INSERT INTO certification_outcomes AS o (certification_id, name, test_id, status, seconds, worker, reason, traceback)
   SELECT DISTINCT ON (n.name) $1, n.name, n.test_id, n.status, n.seconds, n.worker, n.reason, n.traceback
   FROM unnest($2::text[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[], $8::text[])
     WITH ORDINALITY AS n(name, test_id, status, seconds, worker, reason, traceback, at)
   ORDER BY n.name, n.at DESC
   ON CONFLICT (certification_id, name) DO UPDATE SET test_id = excluded.test_id, status = excluded.status, seconds = excluded.seconds,
     worker = excluded.worker, reason = excluded.reason, traceback = excluded.traceback
   WHERE excluded.status <> 'not-run' OR o.status = 'not-run'`,
);
interface ProgressRow {
  id: string;
  state: CertificationProgress['state'];
  fence: string;
  told_at: Date | null;
  node_role_id: string | null;
  deployment_id: string | null;
  run_id: string | null;
  total: number;
}

const LOCK_PROGRESS = statement(
  'certifications.lock-progress',
  `SELECT id, state, fence, told_at, node_role_id, deployment_id, run_id, (counts ->> 'total')::int AS total
   FROM certifications WHERE id = $1 FOR UPDATE`,
);
const COUNT = statement(
  'certifications.count',
  `SELECT status, count(*)::int AS count FROM certification_outcomes WHERE certification_id = $1 GROUP BY status`,
);

/** Columns by field of a change, and how its value is written. */
const COLUMNS: { readonly [Field in keyof Required<CertificationChange>]: readonly [column: string, json?: true] } = {
  state: ['state'],
  fence: ['fence'],
  runId: ['run_id'],
  suiteId: ['suite_id'],
  loadList: ['load_list'],
  inputs: ['inputs', true],
  facts: ['facts', true],
  counts: ['counts', true],
  underWay: ['under_way', true],
  seconds: ['seconds'],
  notes: ['notes'],
  reason: ['reason'],
  disclosure: ['disclosure', true],
  public: ['public'],
  note: ['note'],
  official: ['official_by'],
  startedAt: ['started_at'],
  endedAt: ['ended_at'],
  toldAt: ['told_at'],
};

/** What goes on many times in a run and is nobody's edit. */
const PROGRESS: ReadonlySet<string> = new Set(['counts', 'underWay', 'toldAt', 'fence', 'runId']);

export class PgCertificationStore implements CertificationStore {
  constructor(private readonly client: PoolClient) {}

  async insert(certification: NewCertification): Promise<void> {
    const { goals, scope, concurrency, settings } = certification;
    await this.client.query(
      `INSERT INTO certifications (id, parent_id, root_id, state, target, cloud, deployment_id, endpoint, access_sealed, node_role_id, tester,
         plan, note, facts, created_by, ended_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, CASE WHEN $4 = 'imported' THEN now() END)`,
      [
        certification.id,
        certification.parentId,
        certification.rootId,
        certification.state,
        certification.target,
        certification.cloud,
        certification.deploymentId,
        certification.endpoint && storableJson(certification.endpoint),
        certification.accessSealed,
        certification.nodeRoleId,
        certification.tester,
        storableJson({ goals, scope, concurrency, settings }),
        certification.note,
        storableJson(certification.facts),
        certification.createdBy,
      ],
    );
    await this.client.query(
      `INSERT INTO certification_goals (certification_id, position, guideline_id, program)
       SELECT $1, g.at, g.guideline_id, g.program FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS g(guideline_id, program, at)`,
      [certification.id, goals.map(({ guidelineId }) => guidelineId), goals.map(({ program }) => program)],
    );
  }

  async find(id: string): Promise<CertificationDetail | null> {
    if (!isId(id)) return null;
    const { rows } = await this.client.query<DetailRow>(`SELECT ${DETAIL} FROM certifications c WHERE c.id = $1`, [id]);
    return rows[0] ? toDetail(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<CertificationView> | Refusal> {
    return readPage<CertificationRow, CertificationView>(this.client, SHAPE, query, toView);
  }

  async published(limit: number): Promise<CertificationView[]> {
    const { rows } = await this.client.query<CertificationRow>(
      `SELECT ${VIEW} FROM certifications c WHERE c.public ORDER BY c.ended_at DESC, c.id LIMIT $1`,
      [limit],
    );
    return rows.map(toView);
  }

  async lock(id: string): Promise<CertificationRecord | null> {
    if (!isId(id)) return null;
    const { rows } = await this.client.query<RecordRow>(
      `SELECT ${RECORD} FROM certifications c WHERE c.id = $1 FOR UPDATE OF c`,
      [id],
    );
    return rows[0] ? toRecord(rows[0]) : null;
  }

  async lockProgress(id: string): Promise<CertificationProgress | null> {
    const [row] = await rowsOf<ProgressRow>(this.client, LOCK_PROGRESS, [id]);
    return row
      ? {
          id: idOf(row.id),
          state: row.state,
          fence: Number(row.fence),
          toldAt: row.told_at,
          nodeRoleId: row.node_role_id === null ? null : idOf(row.node_role_id),
          deploymentId: row.deployment_id === null ? null : idOf(row.deployment_id),
          runId: row.run_id === null ? null : idOf(row.run_id),
          total: row.total,
        }
      : null;
  }

  async openOf(nodeRoleId: NodeRoleId): Promise<CertificationId | null> {
    const { rows } = await this.client.query<{ id: string }>(
      `SELECT id FROM certifications WHERE node_role_id = $1 AND state IN ('planned', 'running')`,
      [nodeRoleId],
    );
    return rows[0] ? idOf(rows[0].id) : null;
  }

  async update(id: CertificationId, change: CertificationChange): Promise<void> {
    const values: unknown[] = [id];
    const sets: string[] = [];
    const set = (column: string, value: unknown): void => void sets.push(`${column} = $${values.push(value)}`);
    for (const [field, value] of Object.entries(change) as [keyof CertificationChange, unknown][]) {
      if (value === undefined) continue;
      const [column, json] = COLUMNS[field];
      if (field === 'official') {
        set('official_by', change.official?.by ?? null);
        set('official_at', change.official?.at ?? null);
      } else if (field === 'counts') set(column, storableJson(countsRow(change.counts!)));
      else if (field === 'notes') set(column, (value as readonly string[]).map(storableText));
      else set(column, json ? storableJson(value) : typeof value === 'string' ? storableText(value) : value);
    }
    // What has ended needs its secrets no more.
    if (change.endedAt !== undefined) sets.push('access_sealed = NULL', `under_way = '[]'`);
    if (Object.keys(change).some((field) => !PROGRESS.has(field))) sets.push('version = version + 1');
    if (sets.length === 0) return;
    await this.client.query(`UPDATE certifications SET ${sets.join(', ')} WHERE id = $1`, values);
  }

  async before(id: CertificationId): Promise<CertificationId | null> {
    const { rows } = await this.client.query<{ id: string }>(
      `SELECT coalesce(c.parent_id, (
         SELECT b.id FROM certifications b WHERE b.cloud = c.cloud AND b.target = c.target AND b.id <> c.id AND b.ended_at <= c.created_at
         ORDER BY b.ended_at DESC, b.id DESC LIMIT 1)) AS id
       FROM certifications c WHERE c.id = $1`,
      [id],
    );
    return rows[0]?.id ? idOf(rows[0].id) : null;
  }

  async line(id: CertificationId): Promise<CertificationId[]> {
    const { rows } = await this.client.query<{ id: string }>(
      `WITH RECURSIVE line AS (
         SELECT id, parent_id, 0 AS back FROM certifications WHERE id = $1
         UNION ALL SELECT c.id, c.parent_id, l.back + 1 FROM certifications c JOIN line l ON c.id = l.parent_id)
       SELECT id FROM line ORDER BY back DESC`,
      [id],
    );
    return rows.map((row) => idOf(row.id));
  }

  async history(of: Parameters<CertificationStore['history']>[0], limit: number): Promise<HistoryEntry[]> {
    const { rows } = await this.client.query<HistoryEntry>(
      `SELECT c.id AS "certificationId", c.parent_id AS "parentId", c.cloud, g.name AS guideline, g.revision, v.program, v.met,
         v.must_pass_total AS "mustPassTotal", v.must_pass_passed AS "mustPassPassed", s.name || ' ' || s.version AS suite,
         c.seconds, c.ended_at AS "endedAt"
       FROM certification_verdicts v JOIN certifications c ON c.id = v.certification_id JOIN guidelines g ON g.id = v.guideline_id
       LEFT JOIN suites s ON s.id = c.suite_id
       WHERE c.ended_at IS NOT NULL AND ($1::text IS NULL OR c.cloud = $1) AND ($2::uuid IS NULL OR c.deployment_id = $2)
         AND ($3::text IS NULL OR v.program = $3)
       ORDER BY c.ended_at DESC, c.id DESC, g.name, v.program LIMIT $4`,
      [of.cloud ?? null, of.deploymentId ?? null, of.program ?? null, limit],
    );
    return rows;
  }

  async addOutcomes(
    id: CertificationId,
    outcomes: readonly TestOutcome[],
  ): Promise<Readonly<Record<TestStatus, number>>> {
    const text = (value: string | null): string | null => (value === null ? null : storableText(value));
    if (outcomes.length > 0)
      await rowsOf(this.client, ADD_OUTCOMES, [
        id,
        outcomes.map(({ name }) => storableText(name)),
        outcomes.map((outcome) => text(outcome.id)),
        outcomes.map(({ status }) => status),
        outcomes.map(({ seconds }) => seconds),
        outcomes.map(({ worker }) => text(worker)),
        outcomes.map(({ reason }) => text(reason)),
        outcomes.map(({ traceback }) => text(traceback)),
      ]);
    const counts = { passed: 0, failed: 0, skipped: 0, 'setup-failed': 0, 'not-run': 0 };
    for (const { status, count } of await rowsOf<{ status: TestStatus; count: number }>(this.client, COUNT, [id]))
      counts[status] = count;
    return counts;
  }

  async outcomes(id: CertificationId): Promise<TestOutcome[]> {
    const { rows } = await this.client.query<OutcomeRow>(
      `SELECT ${OUTCOMES.select} FROM certification_outcomes o WHERE o.certification_id = $1 ORDER BY o.number`,
      [id],
    );
    return rows.map(toOutcome);
  }

  outcomePage(id: CertificationId, query: ListQuery): Promise<Page<OutcomeView> | Refusal> {
    return readPage<OutcomeRow, OutcomeView>(
      this.client,
      OUTCOMES,
      query,
      (row) => ({ ...toOutcome(row), certificationId: idOf(row.certification_id) }),
      (parameters) => `o.certification_id = ${parameters.add(id)}`,
    );
  }

  async addPiece(id: CertificationId, number: number, bytes: Uint8Array): Promise<boolean> {
    const { rowCount } = await this.client.query(
      'INSERT INTO certification_streams (certification_id, number, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [id, number, Buffer.from(bytes)],
    );
    if (rowCount !== 1) return false;
    await this.client.query(
      'UPDATE certifications SET next_piece = greatest(next_piece, $2 + 1), stream_bytes = stream_bytes + $3 WHERE id = $1',
      [id, number, bytes.length],
    );
    return true;
  }

  async stream(id: CertificationId): Promise<Uint8Array | null> {
    const { rows } = await this.client.query<{ bytes: Buffer | null; gone: boolean }>(
      `SELECT string_agg(s.bytes, '' ORDER BY s.number) AS bytes,
         (SELECT c.stream_gone_at IS NOT NULL FROM certifications c WHERE c.id = $1) AS gone
       FROM certification_streams s WHERE s.certification_id = $1`,
      [id],
    );
    const [row] = rows;
    return !row || row.gone ? null : new Uint8Array(row.bytes ?? Buffer.alloc(0));
  }

  async streamDigest(id: CertificationId): Promise<string | null> {
    const { rows } = await this.client.query<{ digest: string | null }>(
      `SELECT encode(sha256(string_agg(bytes, '' ORDER BY number)), 'hex') AS digest
       FROM certification_streams WHERE certification_id = $1`,
      [id],
    );
    return rows[0]?.digest ?? null;
  }

  async forgetStreams(before: Date, limit: number): Promise<number> {
    const { rowCount } = await this.client.query(
      `WITH old AS (
         UPDATE certifications SET stream_gone_at = now() WHERE id IN (
           SELECT c.id FROM certifications c WHERE c.ended_at < $1 AND c.stream_gone_at IS NULL
             AND EXISTS (SELECT FROM certification_streams s WHERE s.certification_id = c.id) LIMIT $2)
         RETURNING id),
       gone AS (DELETE FROM certification_streams WHERE certification_id IN (SELECT id FROM old))
       SELECT id FROM old`,
      [before, limit],
    );
    return rowCount ?? 0;
  }

  async putVerdict(id: CertificationId, guidelineId: GuidelineId, verdict: Verdict): Promise<void> {
    const { program, rules, met, mustPass, claim } = verdict;
    await this.client.query(
      `INSERT INTO certification_verdicts (certification_id, guideline_id, program, rules, met, must_pass_total, must_pass_passed, claim, document)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (certification_id, guideline_id, program) DO UPDATE SET rules = excluded.rules, met = excluded.met,
         must_pass_total = excluded.must_pass_total, must_pass_passed = excluded.must_pass_passed, claim = excluded.claim,
         document = excluded.document, judged_at = now()`,
      [id, guidelineId, program, rules, met, mustPass.total, mustPass.passed, claim, storableJson(verdict)],
    );
  }

  async verdicts(id: CertificationId): Promise<{ readonly line: VerdictLine; readonly verdict: Verdict }[]> {
    const { rows } = await this.client.query<{ line: VerdictLine; verdict: Verdict }>(
      `SELECT ${LINE} AS line, v.document AS verdict FROM certification_verdicts v JOIN guidelines g ON g.id = v.guideline_id
       WHERE v.certification_id = $1 ORDER BY g.name, v.program`,
      [id],
    );
    return rows;
  }

  async putEvidence(id: CertificationId, { path, mediaType, sha256, bytes }: EvidenceFile): Promise<void> {
    await this.client.query(
      `INSERT INTO certification_evidence (certification_id, path, media_type, sha256, bytes) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (certification_id, path) DO UPDATE SET media_type = excluded.media_type, sha256 = excluded.sha256, bytes = excluded.bytes, at = now()`,
      [id, path, mediaType, sha256, Buffer.from(bytes)],
    );
  }

  async evidence(id: CertificationId): Promise<EvidenceFile[]> {
    const { rows } = await this.client.query<{ path: string; media_type: string; sha256: string; bytes: Buffer }>(
      `SELECT path, media_type, sha256, bytes FROM certification_evidence WHERE certification_id = $1 ORDER BY path`,
      [id],
    );
    return rows.map(({ path, media_type, sha256, bytes }) => ({
      path,
      mediaType: media_type,
      sha256,
      bytes: new Uint8Array(bytes),
    }));
  }

  async keepSuite(suite: Parameters<CertificationStore['keepSuite']>[0]): Promise<SuiteId> {
    await this.client.query(
      'INSERT INTO suites (id, name, version, digest, tests) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
      [suite.id, suite.name, suite.version, suite.digest, storableJson(suite.tests)],
    );
    const { rows } = await this.client.query<{ id: string }>(
      'SELECT id FROM suites WHERE name = $1 AND version = $2 AND digest = $3',
      [suite.name, suite.version, suite.digest],
    );
    return idOf(rows[0]!.id);
  }

  async suiteTests(id: SuiteId): ReturnType<CertificationStore['suiteTests']> {
    const { rows } = await this.client.query<{ name: string; version: string; tests: string[] }>(
      'SELECT name, version, tests FROM suites WHERE id = $1',
      [id],
    );
    return rows[0] ?? null;
  }
}

const countsRow = (counts: NonNullable<CertificationChange['counts']>): CertificationRow['counts'] => ({
  total: counts.total,
  passed: counts.passed,
  failed: counts.failed,
  skipped: counts.skipped,
  setup_failed: counts.setupFailed,
  not_run: counts.notRun,
});
