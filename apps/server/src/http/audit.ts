import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Route } from '#api-types';
import type { AccessRecords, AuditEntry } from '#app';
import type { ServerLog } from '../server-log.js';

/** Longest subject kept, in characters. */
const SUBJECT_LENGTH_MAX = 300;

/**
 * Keeps who asked for which change and what came of it. The row of a change is written in the change's own transaction, the
 * request's first, with the status that its route promises: neither is there without the other. What changed nothing (it
 * was refused, or failed) gets its row before the answer leaves; when that cannot be written the log says so. So a request
 * that failed after it had changed something has two. Values are not kept, only the names of the fields that were sent: a
 * value may be a secret.
 */
export class Audit {
  private readonly requests = new AsyncLocalStorage<Audited>();

  constructor(
    private readonly records: AccessRecords,
    private readonly log: ServerLog,
  ) {}

  /** Does what a request asks for, with its row at hand for whoever opens the first transaction. */
  during<Result>(request: FastifyRequest, work: () => Promise<Result>): Promise<Result> {
    const { route } = request.anneal;
    if (!route || !changes(route)) return work();
    return this.requests.run({ request, entry: entryOf(request, route, route.success) }, work);
  }

  /** The row that the request being answered still has to write with its change; null when there is none. */
  pending(): AuditEntry | null {
    const audited = this.requests.getStore();
    return audited && !audited.request.anneal.audited ? audited.entry : null;
  }

  /** The row was written, and its transaction with it. */
  written(): void {
    const audited = this.requests.getStore();
    if (audited) audited.request.anneal.audited = true;
  }

  /** Writes the row of a request that was answered without having changed anything, or not as its row says. */
  async record(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { route, principal, traceId, audited } = request.anneal;
    if (!route || !changes(route) || (audited && reply.statusCode < 400)) return;
    // Refused at the door: anybody could fill the table, so these are only logged.
    if (!principal && reply.statusCode === 401 && route.allows !== 'anyone') return;
    try {
      await this.records.audit(entryOf(request, route, reply.statusCode));
    } catch (cause) {
      this.log.fault(new Error(`write the audit of ${route.id}`, { cause }), { traceId });
    }
  }
}

interface Audited {
  readonly request: FastifyRequest;
  readonly entry: AuditEntry;
}

const changes = (route: Route): boolean => route.method !== 'GET' && !route.changesNothing;

const entryOf = (request: FastifyRequest, route: Route, status: number): AuditEntry => {
  const { principal, traceId, refused } = request.anneal;
  return {
    actor: principal?.actor ?? nameIn(request.body) ?? 'anyone',
    action: route.id,
    subject: subjectOf(request),
    status,
    request: traceId,
    detail: { from: request.ip, fields: fieldsOf(request.body), ...(refused ? { refused } : {}) },
  };
};

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
