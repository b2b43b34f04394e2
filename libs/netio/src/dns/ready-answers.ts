import type { ClientScope, Revisioned } from '#core';
import { READY_ANSWERS, UDP_PAYLOAD_MAX, UDP_PLAIN_MAX } from './limits.js';
import { HEADER_OCTETS, lower, OPT_OCTETS } from './wire.js';

/**
 * Answers that were written once, ready to be copied: what is asked for most is answered without being understood. An
 * answer is given again while what it hangs on is unchanged, to those who may see the same. Each question has one place
 * in a table of fixed size; another one that falls on it takes it over, so memory has a bound and nothing is searched.
 */

interface Ready {
  /** The question in lower case, without header. */
  readonly question: Uint8Array;
  readonly edns: boolean;
  /** Null: the same for everybody. */
  readonly scope: ClientScope | null;
  readonly message: Uint8Array;
  readonly hangsOn: Revisioned;
  readonly revision: number;
}

const LOWER = Uint8Array.from({ length: 256 }, (_, code) => lower(code));

export class ReadyAnswers {
  private readonly places: (Ready | undefined)[] = Array.from<Ready | undefined>({ length: READY_ANSWERS }).fill(
    undefined,
  );

  clear(): void {
    this.places.fill(undefined);
  }

  /**
   * Copies the answer to a plain question to `out`. Returns its length, or 0 when there is none ready: then the long way
   * is taken, which also sees to whatever is unusual about a message.
   */
  copy(
    request: Uint8Array,
    begin: number,
    end: number,
    scope: ClientScope | null,
    out: Uint8Array,
    outAt: number,
  ): number {
    // A query (RFC 1035 §4.1.1) with one question and at most one record more, nothing else.
    const additional = request[begin + 11] as number;
    if (
      end - begin < 17 ||
      ((request[begin + 2] as number) & 0xfe) !== 0 ||
      request[begin + 4] !== 0 ||
      request[begin + 5] !== 1 ||
      request[begin + 6] !== 0 ||
      request[begin + 7] !== 0 ||
      request[begin + 8] !== 0 ||
      request[begin + 9] !== 0 ||
      request[begin + 10] !== 0 ||
      additional > 1
    )
      return 0;
    const first = begin + HEADER_OCTETS;
    let at = first;
    let hash = 0x811c9dc5;
    for (;;) {
      const length = request[at] as number;
      if (length > 63 || at + length + 5 > end) return 0;
      hash = Math.imul(hash ^ length, 0x01000193);
      at += 1;
      if (length === 0) break;
      for (const last = at + length; at < last; at += 1)
        hash = Math.imul(hash ^ (LOWER[request[at] as number] as number), 0x01000193);
    }
    for (const last = at + 4; at < last; at += 1) hash = Math.imul(hash ^ (request[at] as number), 0x01000193);
    let limit = UDP_PLAIN_MAX;
    if (additional === 1) {
      // OPT, version 0, that ends where the message ends.
      if (
        at + OPT_OCTETS > end ||
        request[at] !== 0 ||
        request[at + 1] !== 0 ||
        request[at + 2] !== 41 ||
        request[at + 6] !== 0 ||
        at + OPT_OCTETS + (((request[at + 9] as number) << 8) | (request[at + 10] as number)) !== end
      )
        return 0;
      limit = Math.min(
        UDP_PAYLOAD_MAX,
        Math.max(UDP_PLAIN_MAX, ((request[at + 3] as number) << 8) | (request[at + 4] as number)),
      );
    } else if (at !== end) return 0;

    const ready = this.places[placeOf(hash, additional === 1)];
    if (ready === undefined || ready.edns !== (additional === 1) || ready.revision !== ready.hangsOn.revision) return 0;
    if (ready.scope !== null && ready.scope !== scope) return 0;
    const { question, message } = ready;
    if (question.length !== at - first || message.length > limit) return 0;
    const named = question.length - 4;
    for (let index = 0; index < named; index += 1)
      if (question[index] !== LOWER[request[first + index] as number]) return 0;
    // Type and class are numbers and have no case.
    for (let index = named; index < question.length; index += 1)
      if (question[index] !== request[first + index]) return 0;

    out.set(message, outAt);
    out[outAt] = request[begin] as number;
    out[outAt + 1] = request[begin + 1] as number;
    out[outAt + 2] = (message[2] as number) | ((request[begin + 2] as number) & 0x01);
    out[outAt + 3] = (message[3] as number) | ((request[begin + 3] as number) & 0x10);
    // As it was spelt: resolvers mix the case to tell our answer from a forged one.
    for (let index = 0; index < question.length; index += 1)
      out[outAt + HEADER_OCTETS + index] = request[first + index] as number;
    if (ready.edns) out[outAt + message.length - 4] = (request[at + 7] as number) & 0x80;
    return message.length;
  }

  /** Keeps an answer that was just written. `request` holds its question up to `questionEnd`. */
  keep(
    request: Uint8Array,
    questionEnd: number,
    edns: boolean,
    message: Uint8Array,
    whom: { readonly scope: ClientScope | null; readonly hangsOn: Revisioned },
  ): void {
    const question = new Uint8Array(request.subarray(HEADER_OCTETS, questionEnd));
    let hash = 0x811c9dc5;
    for (let index = 0; index < question.length; index += 1) {
      if (index < question.length - 4) question[index] = LOWER[question[index] as number] as number;
      hash = Math.imul(hash ^ (question[index] as number), 0x01000193);
    }
    const kept = new Uint8Array(message);
    kept[2] = (kept[2] as number) & ~0x01;
    kept[3] = (kept[3] as number) & ~0x10;
    this.places[placeOf(hash, edns)] = { question, edns, message: kept, ...whom, revision: whom.hangsOn.revision };
  }
}

const placeOf = (hash: number, edns: boolean): number =>
  ((hash ^ (hash >>> 16)) + (edns ? 1 : 0)) & (READY_ANSWERS - 1);
