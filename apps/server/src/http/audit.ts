import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessRecords } from '#app';
import type { ServerLog } from '../server-log.js';

/** Longest subject kept, in characters. */
const SUBJECT_LENGTH_MAX = 300;

/**
 * Keeps who asked for which change and what came of it. The row is written before the answer leaves; when it cannot be
 * written the log says so and the answer still goes, because the change has happened. Values are not kept, only the names
 * of the fields that were sent: a value may be a secret.
 */
export class Audit {
  constructor(
    private readonly records: AccessRecords,
    private readonly log: ServerLog,
  ) {}

  async record(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { route, principal, traceId, refused } = request.anneal;
    if (!route || route.method === 'GET' || route.changesNothing) return;
    // Refused at the door: anybody could fill the table, so these are only logged.
    if (!principal && reply.statusCode === 401 && route.allows !== 'anyone') return;
    try {
      await this.records.audit({
        actor: principal?.actor ?? nameIn(request.body) ?? 'anyone',
        action: route.id,
        subject: subjectOf(request),
        status: reply.statusCode,
        request: traceId,
        detail: { from: request.ip, fields: fieldsOf(request.body), ...(refused ? { refused } : {}) },
      });
    } catch (cause) {
      this.log.fault(new Error(`write the audit of ${route.id}`, { cause }), { traceId });
    }
  }
}

const subjectOf = (request: FastifyRequest): string => {
  const values = Object.values((request.params ?? {}) as Record<string, string>).filter(isStorable);
  const named = values.length > 0 ? values.join(' ') : (nameIn(request.body) ?? '');
  return named.slice(0, SUBJECT_LENGTH_MAX);
};

const nameIn = (body: unknown): string | null => {
  const { name } = (typeof body === 'object' && body !== null ? body : {}) as { name?: unknown };
  return typeof name === 'string' && isStorable(name) ? name.slice(0, SUBJECT_LENGTH_MAX) : null;
};

/** Names of fields kept at the most. */
const FIELDS_MAX = 50;

const fieldsOf = (body: unknown): string[] =>
  typeof body === 'object' && body !== null && !Buffer.isBuffer(body) && !Array.isArray(body)
    ? Object.keys(body)
        .filter(isStorable)
        .slice(0, FIELDS_MAX)
        .map((name) => name.slice(0, 100))
    : [];

/** A request that was refused for its text still has a row; what PostgreSQL cannot keep is left out of it. */
const isStorable = (text: unknown): text is string =>
  typeof text === 'string' && !text.includes('\u0000') && (text as string & { isWellFormed(): boolean }).isWellFormed();
