import type { DataSource } from 'typeorm';
import { RunLog, type LogLine } from '#app';
import type { RunId } from '#core';
import { storableText } from '../storable.js';

export class PgRunLog extends RunLog {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async append(lines: readonly LogLine[]): Promise<void> {
    if (lines.length === 0) return;
    await this.dataSource.query(
      // The runs are locked first, in the order in which settling locks them: each would hold what the other waits for.
      `WITH held AS MATERIALIZED (SELECT id FROM runs WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE),
       stored AS (
         INSERT INTO run_log_lines (run_id, line, attempt, stream, text)
         SELECT l.* FROM unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[]) AS l(run_id, line, attempt, stream, text)
         JOIN held ON held.id = l.run_id
         ON CONFLICT (run_id, line) DO NOTHING
         RETURNING run_id, line, octet_length(text) AS bytes),
       sums AS (SELECT run_id, max(line) AS last, sum(bytes) AS bytes FROM stored GROUP BY run_id)
       UPDATE runs SET log_lines = greatest(log_lines, sums.last), log_bytes = log_bytes + sums.bytes FROM sums WHERE runs.id = sums.run_id`,
      [
        lines.map(({ runId }) => runId),
        lines.map(({ line }) => line),
        lines.map(({ attempt }) => attempt),
        lines.map(({ stream }) => stream),
        lines.map(({ text }) => storableText(text)),
      ],
    );
  }

  override async lastLine(runId: RunId): Promise<number> {
    const rows = (await this.dataSource.query(
      `SELECT coalesce(max(line), 0) AS last FROM run_log_lines WHERE run_id = $1`,
      [runId],
    )) as { last: number }[];
    return rows[0]?.last ?? 0;
  }
}
