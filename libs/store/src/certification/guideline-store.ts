import type { PoolClient } from 'pg';
import {
  isId,
  type Actor,
  type GuidelineId,
  type GuidelineStore,
  type GuidelineView,
  type ListQuery,
  type NewGuideline,
  type Page,
  type UserId,
  type VoteTally,
  type VoteView,
} from '#app';
import { idOf, type GuidelineKind, type Refusal } from '#core';
import { readPage, type ListShape } from '../page/read-page.js';
import { storableJson, storableText } from '../storable.js';

interface Row {
  id: string;
  name: string;
  kind: GuidelineKind;
  revision: number;
  latest: boolean;
  digest: string;
  schema: string;
  status: string | null;
  releases: string[];
  programs: GuidelineView['programs'];
  warnings: GuidelineView['warnings'];
  source: string;
  imported_by: string;
  imported_at: Date;
  version: string;
}

const LATEST = `NOT EXISTS (SELECT FROM guidelines later WHERE later.name = g.name AND later.kind = g.kind AND later.revision > g.revision)`;
const SELECT = `g.id, g.name, g.kind, g.revision, ${LATEST} AS latest, g.digest, g.schema, g.status, g.releases, g.programs, g.warnings,
  g.source, g.imported_by, g.imported_at, g.version`;

const SHAPE: ListShape = {
  things: 'guidelines',
  select: SELECT,
  from: 'FROM guidelines g',
  id: 'g.id',
  fields: {
    id: { sql: 'g.id', type: 'uuid' },
    name: { sql: 'g.name', type: 'text' },
    kind: { sql: 'g.kind', type: 'text' },
    revision: { sql: 'g.revision', type: 'number' },
    latest: { sql: LATEST, type: 'boolean' },
    status: { sql: 'g.status', type: 'text', nullable: true },
    releases: { sql: 'g.releases', type: 'texts' },
    imported_at: { sql: 'g.imported_at', type: 'time' },
  },
  sort: [{ field: 'name' }, { field: 'revision' }],
};

const toView = (row: Row): GuidelineView => ({
  id: idOf(row.id),
  name: row.name,
  kind: row.kind,
  revision: row.revision,
  latest: row.latest,
  digest: row.digest,
  schema: row.schema,
  status: row.status,
  releases: row.releases,
  programs: row.programs,
  warnings: row.warnings,
  source: row.source,
  importedBy: row.imported_by,
  importedAt: row.imported_at,
  version: Number(row.version),
});

interface VoteRow {
  id: string;
  guideline: string;
  test: string;
  user: string;
  vote: -1 | 1;
  reason: string;
  created_at: Date;
  updated_at: Date;
}

const VOTES: ListShape = {
  things: 'votes',
  select: 'v.id, v.guideline, v.test, u.name AS user, v.vote, v.reason, v.created_at, v.updated_at',
  from: 'FROM guideline_votes v JOIN users u ON u.id = v.user_id',
  id: 'v.id',
  fields: {
    id: { sql: 'v.id', type: 'uuid' },
    test: { sql: 'v.test', type: 'text' },
    user: { sql: 'u.name', type: 'text' },
    vote: { sql: 'v.vote', type: 'number' },
    updated_at: { sql: 'v.updated_at', type: 'time' },
  },
  sort: [{ field: 'test' }],
};

const toVote = (row: VoteRow): VoteView => ({
  id: idOf(row.id),
  guideline: row.guideline,
  test: row.test,
  user: row.user,
  vote: row.vote,
  reason: row.reason,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** `2020.06@2` */
const REVISED = /^(.+)@(\d{1,9})$/;

export class PgGuidelineStore implements GuidelineStore {
  constructor(
    private readonly client: PoolClient,
    private readonly actor: Actor,
  ) {}

  async find(
    key: string,
    options: { readonly lock?: boolean; readonly kind?: GuidelineKind } = {},
  ): Promise<GuidelineView | null> {
    const [, name = key, revision] = REVISED.exec(key) ?? [];
    const [where, values]: [string, string[]] = isId(key)
      ? ['g.id = $1', [key]]
      : revision === undefined
        ? [`g.name = $1 AND ${LATEST}`, [key]]
        : ['g.name = $1 AND g.revision = $2::integer', [name, revision]];
    // Kinds that share a name are told apart by their ids; a name alone means the one that marks are given for.
    const { rows } = await this.client.query<Row>(
      `SELECT ${SELECT} FROM guidelines g WHERE ${where} AND ($${values.length + 1}::text IS NULL OR g.kind = $${values.length + 1})
       ORDER BY array_position(ARRAY['powered', 'local', 'add-on', 'vertical'], g.kind) LIMIT 1 ${options.lock ? 'FOR UPDATE OF g' : ''}`,
      [...values, options.kind ?? null],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  list(query: ListQuery): Promise<Page<GuidelineView> | Refusal> {
    return readPage(this.client, SHAPE, query, toView);
  }

  async latest(): Promise<GuidelineView[]> {
    const { rows } = await this.client.query<Row>(
      `SELECT ${SELECT} FROM guidelines g WHERE ${LATEST} ORDER BY g.name, g.kind`,
    );
    return rows.map(toView);
  }

  async raw(id: GuidelineId): Promise<string> {
    const { rows } = await this.client.query<{ raw: string }>('SELECT raw FROM guidelines WHERE id = $1', [id]);
    if (!rows[0]) throw new Error(`the guideline ${id} is gone`);
    return rows[0].raw;
  }

  async digestOf(text: string): Promise<string> {
    const { rows } = await this.client.query<{ digest: string }>(
      `SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex') AS digest`,
      [text],
    );
    return rows[0]!.digest;
  }

  async withDigest(name: string, kind: GuidelineKind, digest: string): Promise<GuidelineView | null> {
    const { rows } = await this.client.query<Row>(
      `SELECT ${SELECT} FROM guidelines g WHERE g.name = $1 AND g.kind = $2 AND g.digest = $3`,
      [name, kind, digest],
    );
    return rows[0] ? toView(rows[0]) : null;
  }

  async insert(guideline: NewGuideline): Promise<void> {
    await this.client.query(`SELECT pg_advisory_xact_lock(hashtextextended('guideline ' || $1, 0))`, [guideline.name]);
    await this.client.query(
      `INSERT INTO guidelines (id, name, kind, revision, digest, raw, schema, status, releases, programs, warnings, source, imported_by)
       VALUES ($1, $2, $3, (SELECT coalesce(max(revision), 0) + 1 FROM guidelines WHERE name = $2 AND kind = $3), $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        guideline.id,
        guideline.name,
        guideline.kind,
        guideline.digest,
        guideline.raw,
        guideline.schema,
        guideline.status === null ? null : storableText(guideline.status),
        guideline.releases.map(storableText),
        storableJson(guideline.programs),
        storableJson(guideline.warnings),
        guideline.source,
        this.actor,
      ],
    );
  }

  async uses(id: GuidelineId): Promise<number> {
    const { rows } = await this.client.query<{ count: number }>(
      `SELECT count(DISTINCT certification_id)::int AS count FROM (
         SELECT certification_id FROM certification_goals WHERE guideline_id = $1
         UNION SELECT certification_id FROM certification_verdicts WHERE guideline_id = $1) AS used`,
      [id],
    );
    return rows[0]!.count;
  }

  async delete(id: GuidelineId): Promise<void> {
    await this.client.query('DELETE FROM guidelines WHERE id = $1', [id]);
  }

  votes(query: ListQuery, guideline: string): Promise<Page<VoteView> | Refusal> {
    return readPage(this.client, VOTES, query, toVote, (parameters) => `v.guideline = ${parameters.add(guideline)}`);
  }

  async tally(guideline: string): Promise<VoteTally[]> {
    const { rows } = await this.client.query<{ test: string; up: number; down: number }>(
      `SELECT test, count(*) FILTER (WHERE vote = 1)::int AS up, count(*) FILTER (WHERE vote = -1)::int AS down
       FROM guideline_votes WHERE guideline = $1 GROUP BY test ORDER BY test`,
      [guideline],
    );
    return rows;
  }

  async putVote(vote: Parameters<GuidelineStore['putVote']>[0]): Promise<VoteView> {
    const { rows } = await this.client.query<VoteRow>(
      `WITH put AS (
         INSERT INTO guideline_votes AS v (id, guideline, test, user_id, vote, reason) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (guideline, test, user_id) DO UPDATE SET vote = excluded.vote, reason = excluded.reason, updated_at = now()
         RETURNING *)
       SELECT ${VOTES.select} FROM put v JOIN users u ON u.id = v.user_id`,
      [vote.id, vote.guideline, vote.test, vote.userId, vote.vote, vote.reason],
    );
    return toVote(rows[0]!);
  }

  async removeVote(guideline: string, test: string, userId: UserId): Promise<boolean> {
    const { rowCount } = await this.client.query(
      'DELETE FROM guideline_votes WHERE guideline = $1 AND test = $2 AND user_id = $3',
      [guideline, test, userId],
    );
    return rowCount === 1;
  }
}
