import type { PoolClient } from 'pg';
import type { CertificationId } from '#app';

/** What the suite said, byte for byte: pieces by number, of which each is taken once. They are forgotten before the rest. */
export const addPiece = async (
  client: PoolClient,
  id: CertificationId,
  number: number,
  bytes: Uint8Array,
): Promise<boolean> => {
  const { rowCount } = await client.query(
    'INSERT INTO certification_streams (certification_id, number, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [id, number, Buffer.from(bytes)],
  );
  if (rowCount !== 1) return false;
  await client.query(
    'UPDATE certifications SET next_piece = greatest(next_piece, $2 + 1), stream_bytes = stream_bytes + $3 WHERE id = $1',
    [id, number, bytes.length],
  );
  return true;
};

export const readStream = async (client: PoolClient, id: CertificationId): Promise<Uint8Array | null> => {
  const { rows } = await client.query<{ bytes: Buffer | null; gone: boolean }>(
    `SELECT string_agg(s.bytes, '' ORDER BY s.number) AS bytes,
       (SELECT c.stream_gone_at IS NOT NULL FROM certifications c WHERE c.id = $1) AS gone
     FROM certification_streams s WHERE s.certification_id = $1`,
    [id],
  );
  const [row] = rows;
  return !row || row.gone ? null : new Uint8Array(row.bytes ?? Buffer.alloc(0));
};

export const digestOfStream = async (client: PoolClient, id: CertificationId): Promise<string | null> => {
  const { rows } = await client.query<{ digest: string | null }>(
    `SELECT encode(sha256(string_agg(bytes, '' ORDER BY number)), 'hex') AS digest
     FROM certification_streams WHERE certification_id = $1`,
    [id],
  );
  return rows[0]?.digest ?? null;
};

export const forgetStreams = async (client: PoolClient, before: Date, limit: number): Promise<number> => {
  const { rowCount } = await client.query(
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
};
