import type { PoolClient } from 'pg';
import type { CertificationId, EvidenceFile } from '#app';

/** Files that were collected for the evidence; one that is written again takes the place of the first. */
export const putEvidence = async (
  client: PoolClient,
  id: CertificationId,
  { path, mediaType, sha256, bytes }: EvidenceFile,
): Promise<void> => {
  await client.query(
    `INSERT INTO certification_evidence (certification_id, path, media_type, sha256, bytes) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (certification_id, path) DO UPDATE SET media_type = excluded.media_type, sha256 = excluded.sha256, bytes = excluded.bytes, at = now()`,
    [id, path, mediaType, sha256, Buffer.from(bytes)],
  );
};

export const readEvidence = async (client: PoolClient, id: CertificationId): Promise<EvidenceFile[]> => {
  const { rows } = await client.query<{ path: string; media_type: string; sha256: string; bytes: Buffer }>(
    `SELECT path, media_type, sha256, bytes FROM certification_evidence WHERE certification_id = $1 ORDER BY path`,
    [id],
  );
  return rows.map(({ path, media_type, sha256, bytes }) => ({
    path,
    mediaType: media_type,
    sha256,
    bytes: new Uint8Array(bytes),
  }));
};
