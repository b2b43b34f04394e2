import {
  answerQuestion,
  mayForward,
  RCODE,
  type ClientScope,
  type DnsOutcome,
  type ViewChange,
  ZoneIndex,
} from '#core';
import { Clients, type ClientKey } from './client.js';
import { TCP_BYTES_MAX, UDP_PAYLOAD_MAX, UDP_PLAIN_MAX } from './limits.js';
import { ReadyAnswers } from './ready-answers.js';
import { readQuery, writeError, writeReply, type ReadQuery, type Reply } from './wire.js';

/** A question that our zones do not answer to its end: somebody asks forwarders, and finishes the reply. */
export interface Forwarding {
  readonly query: ReadQuery;
  readonly forwarders: readonly string[];
  /** An alias that leads out of our zones: what we have of the answer, and the name that is to be asked for. */
  readonly follow: { readonly name: string; readonly reply: Reply } | null;
}

export type Transport = 'udp' | 'tcp';

/** The reply was written, `forwarding` says that somebody has to be asked first. */
export type Response = number | Forwarding;

export interface ResponderCounts {
  /** Questions that were read, of these answered from those kept ready, forwarded, refused, and those that got nothing. */
  questions: number;
  ready: number;
  forwarded: number;
  refused: number;
  silent: number;
}

/**
 * From a message to the reply, without sockets: the index says what is true, this says it on the wire. The same for
 * every transport, thread and test.
 */
export class Responder {
  readonly index = new ZoneIndex();
  readonly clients = new Clients(this.index);
  readonly counts: ResponderCounts = { questions: 0, ready: 0, forwarded: 0, refused: 0, silent: 0 };
  private readonly ready = new ReadyAnswers();
  /** Where the long way writes; a record that is too long for its message still fits in here. */
  private readonly scratch = Buffer.alloc(TCP_BYTES_MAX + 2_048);

  apply(changes: readonly ViewChange[], generation: number): void {
    const shape = this.index.shapeRevision;
    this.index.apply(changes, generation);
    // Who may see a zone, and what is forwarded, no name's own revision tells of.
    if (this.index.shapeRevision !== shape) this.ready.clear();
  }

  /**
   * Answers the message in `request[begin, end)`. Writes the reply at `outAt` of `out`, which has room for the largest of
   * its transport, and returns its length; 0 when the message deserves none.
   */
  respond(
    request: Uint8Array,
    begin: number,
    end: number,
    client: ClientKey,
    out: Uint8Array,
    outAt: number,
    { transport, second }: { readonly transport: Transport; readonly second: number },
  ): Response {
    this.counts.questions += 1;
    if (transport === 'udp') {
      const allowed = this.clients.allows(client, second);
      if (allowed !== 'whole')
        return allowed === 'none' ? this.silent() : this.askOverTcp(request.subarray(begin, end), out, outAt);
      const scope = this.index.dependsOnClient ? this.clients.scopeOf(client) : null;
      const length = this.ready.copy(request, begin, end, scope, out, outAt);
      if (length > 0) {
        this.counts.ready += 1;
        return length;
      }
    }
    const response = this.think(request.subarray(begin, end), client, transport);
    if (typeof response === 'number') out.set(this.scratch.subarray(0, response), outAt);
    return response;
  }

  private think(message: Uint8Array, client: ClientKey, transport: Transport): Response {
    const out = this.scratch;
    const reading = readQuery(message);
    if (reading.kind === 'silence') return this.silent();
    if (reading.kind === 'error') return writeError(reading.id, reading.rcode, reading.flags, out);
    const { query } = reading;
    const limit = limitOf(query, transport);
    const scope = this.clients.scopeOf(client);
    const recursionAvailable = this.forwards(scope);
    const none = { authoritative: false, recursionAvailable, answers: [], authorities: [] };
    // RFC 6891 §6.1.3: a version we do not speak is said so, with the one we do.
    if (query.edns && query.edns.version > 0)
      return writeReply(message, query, { ...none, rcode: RCODE.BADVERS }, out, limit);

    const outcome = answerQuestion(query.question, scope, this.index);
    if (outcome.kind === 'refuse' || (outcome.kind === 'forward' && !query.recursionDesired)) {
      this.counts.refused += 1;
      return writeReply(
        message,
        query,
        { ...none, rcode: outcome.kind === 'refuse' ? outcome.rcode : RCODE.REFUSED },
        out,
        limit,
      );
    }
    if (outcome.kind === 'forward') {
      this.counts.forwarded += 1;
      return { query, forwarders: outcome.forwarders, follow: null };
    }
    const reply: Reply = { ...outcome, authoritative: true, recursionAvailable };
    if (outcome.follow && query.recursionDesired) {
      this.counts.forwarded += 1;
      return { query, forwarders: outcome.follow.forwarders, follow: { name: outcome.follow.name, reply } };
    }
    const length = writeReply(message, query, reply, out, limit);
    // What leads on elsewhere is answered differently to whoever wants it followed.
    if (transport === 'udp' && length <= UDP_PAYLOAD_MAX && !outcome.follow)
      this.remember(message, query, outcome, out.subarray(0, length), scope);
    return length;
  }

  /** What is written for one is ready for the next. A truncated reply is not: it depends on what the client takes. */
  private remember(
    message: Uint8Array,
    query: ReadQuery,
    outcome: Extract<DnsOutcome, { kind: 'answer' }>,
    written: Uint8Array,
    scope: ClientScope,
  ): void {
    if ((written[2] as number) & 0x02) return;
    const whom = { scope: this.index.dependsOnClient ? scope : null, hangsOn: outcome.hangsOn };
    this.ready.keep(message, query.questionEnd, query.edns !== null, written, whom);
  }

  /** Whether anything at all is forwarded for this client. */
  private forwards(scope: ClientScope): boolean {
    const root = this.index.dependsOnClient ? this.index.zoneOf('', scope) : null;
    return root !== null && mayForward(root, scope);
  }

  private askOverTcp(message: Uint8Array, out: Uint8Array, outAt: number): number {
    const reading = readQuery(message);
    if (reading.kind !== 'query') return this.silent();
    const reply: Reply = {
      rcode: RCODE.NOERROR,
      authoritative: true,
      recursionAvailable: false,
      answers: [],
      authorities: [],
    };
    const length = writeReply(message, reading.query, reply, this.scratch, UDP_PLAIN_MAX);
    out.set(this.scratch.subarray(0, length), outAt);
    out[outAt + 2] = (out[outAt + 2] as number) | 0x02;
    return length;
  }

  private silent(): number {
    this.counts.silent += 1;
    return 0;
  }
}

/** Octets that a reply to this query may have. */
export const limitOf = ({ edns }: ReadQuery, transport: Transport): number => {
  if (transport === 'tcp') return TCP_BYTES_MAX;
  return edns ? Math.min(UDP_PAYLOAD_MAX, Math.max(UDP_PLAIN_MAX, edns.size)) : UDP_PLAIN_MAX;
};
