import type { PoolClient } from 'pg';
import type { AuditEntry } from '#app';
import { rowsOf, statement } from '../sql.js';

const INSERT = statement(
  'access.audit',
  `INSERT INTO audit (actor, action, subject, status, request, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
);

/** Writes a row of the audit, in whatever transaction the connection is. */
export const insertAudit = async (client: PoolClient, entry: AuditEntry): Promise<void> => {
  const { actor, action, subject, status, request, detail } = entry;
  await rowsOf(client, INSERT, [
    actor,
    action,
    subject,
    status,
    request,
    detail === null ? null : JSON.stringify(detail),
  ]);
};
