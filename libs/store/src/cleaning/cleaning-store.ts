import type { PoolClient } from 'pg';
import type { CleaningStore } from '#app';

export class PgCleaningStore implements CleaningStore {
  constructor(private readonly client: PoolClient) {}

  idempotencyKeys(olderThan: Date, limit: number): Promise<number> {
    return this.remove(
      `DELETE FROM idempotency_keys WHERE (actor, key) IN (SELECT actor, key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)`,
      olderThan,
      limit,
    );
  }

  events(olderThan: Date, limit: number): Promise<number> {
    // Numbers grow with time, so what is old is at the front: the first event that is not ends the search.
    return this.remove(
      `WITH front AS (SELECT seq, at FROM events ORDER BY seq LIMIT $2),
       first_kept AS (SELECT min(seq) AS seq FROM front WHERE at >= $1),
       heard AS (SELECT coalesce(min(position), 9223372036854775807) AS seq FROM hooks WHERE active)
       DELETE FROM events WHERE seq IN (SELECT seq FROM front)
         AND seq < coalesce((SELECT seq FROM first_kept), 9223372036854775807) AND seq <= (SELECT seq FROM heard)`,
      olderThan,
      limit,
    );
  }

  runs(olderThan: Date, limit: number): Promise<number> {
    return this.remove(
      `DELETE FROM runs WHERE id IN (
         SELECT r.id FROM runs r WHERE r.finished_at < $1
           AND EXISTS (SELECT FROM runs later WHERE later.node_role_id = r.node_role_id AND later.queued_at > r.queued_at)
         LIMIT $2)`,
      olderThan,
      limit,
    );
  }

  runLogs(olderThan: Date, limit: number): Promise<number> {
    return this.remove(
      `DELETE FROM run_log_lines WHERE (run_id, line) IN (
         SELECT l.run_id, l.line FROM run_log_lines l JOIN runs r ON r.id = l.run_id WHERE r.finished_at < $1
           AND EXISTS (SELECT FROM runs later WHERE later.node_role_id = r.node_role_id AND later.queued_at > r.queued_at)
         LIMIT $2)`,
      olderThan,
      limit,
    );
  }

  workers(olderThan: Date, limit: number): Promise<number> {
    return this.remove(
      `DELETE FROM workers WHERE id IN (SELECT id FROM workers WHERE heartbeat_at < $1 ORDER BY heartbeat_at LIMIT $2)`,
      olderThan,
      limit,
    );
  }

  audit(olderThan: Date, limit: number): Promise<number> {
    return this.remove(
      `DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY id LIMIT $2)`,
      olderThan,
      limit,
    );
  }

  private async remove(statement: string, olderThan: Date, limit: number): Promise<number> {
    return (await this.client.query(statement, [olderThan, limit])).rowCount ?? 0;
  }
}
