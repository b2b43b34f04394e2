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
  type ListQuery,
  type NewCertification,
  type Page,
} from '#app';
import { idOf, type NodeRoleId, type Refusal } from '#core';
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
import { putEvidence, readEvidence } from './evidence-files.js';
import { addOutcomes, readOutcomePage, readOutcomes } from './outcomes.js';
import { addPiece, digestOfStream, forgetStreams, readStream } from './streams.js';
import { keepSuite, readSuite } from './suites.js';
import { LINE, putVerdict, readHistory, readVerdicts } from './verdicts.js';

const GOALS = `(SELECT coalesce(json_agg(json_build_object('guideline', g.name, 'program', o.program, 'guidelineId', g.id,
    'revision', g.revision, 'digest', g.digest) ORDER BY o.position), '[]')
  FROM certification_goals o JOIN guidelines g ON g.id = o.guideline_id WHERE o.certification_id = c.id) AS goals`;
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

/** Certifications themselves, and the way to all that belongs to one, which has a file of its own for each thing. */
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

  addOutcomes: CertificationStore['addOutcomes'] = (id, outcomes) => addOutcomes(this.client, id, outcomes);
  outcomes: CertificationStore['outcomes'] = (id) => readOutcomes(this.client, id);
  outcomePage: CertificationStore['outcomePage'] = (id, query) => readOutcomePage(this.client, id, query);
  addPiece: CertificationStore['addPiece'] = (id, number, bytes) => addPiece(this.client, id, number, bytes);
  stream: CertificationStore['stream'] = (id) => readStream(this.client, id);
  streamDigest: CertificationStore['streamDigest'] = (id) => digestOfStream(this.client, id);
  forgetStreams: CertificationStore['forgetStreams'] = (before, limit) => forgetStreams(this.client, before, limit);
  putVerdict: CertificationStore['putVerdict'] = (id, guideline, verdict) =>
    putVerdict(this.client, id, guideline, verdict);
  verdicts: CertificationStore['verdicts'] = (id) => readVerdicts(this.client, id);
  history: CertificationStore['history'] = (of, limit) => readHistory(this.client, of, limit);
  putEvidence: CertificationStore['putEvidence'] = (id, file) => putEvidence(this.client, id, file);
  evidence: CertificationStore['evidence'] = (id) => readEvidence(this.client, id);
  keepSuite: CertificationStore['keepSuite'] = (suite) => keepSuite(this.client, suite);
  suiteTests: CertificationStore['suiteTests'] = (id) => readSuite(this.client, id);
}

const countsRow = (counts: NonNullable<CertificationChange['counts']>): CertificationRow['counts'] => ({
  total: counts.total,
  passed: counts.passed,
  failed: counts.failed,
  skipped: counts.skipped,
  setup_failed: counts.setupFailed,
  not_run: counts.notRun,
});
