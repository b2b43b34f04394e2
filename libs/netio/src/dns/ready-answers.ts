import type { ClientScope, Revisioned } from '#core';
import { READY_ANSWERS, UDP_PAYLOAD_MAX, UDP_PLAIN_MAX } from './limits.js';
import { HEADER_OCTETS, lower, OPT_OCTETS } from './wire.js';

/**
 * Answers that were written once, ready to be copied: what is asked for most is answered without being understood. An
 * answer is given again while what it hangs on is unchanged, to those who may see the same. Each question has four places
 * in a table of fixed size; others that fall on them take them over, so memory has a bound and nothing is searched for long.
 */

interface Ready {
  readonly hash: number;
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
  /** Which place of a full set is given up next. */
  private turn = 0;

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

    const ready = this.find(hash, request, first, at, additional === 1, scope);
    if (ready === null || ready.message.length > limit) return 0;
    const { question, message } = ready;

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
    const ready: Ready = { hash, question, edns, message: kept, ...whom, revision: whom.hangsOn.revision };
    this.places[this.placeFor(ready)] = ready;
  }

  /** The answer to the question in `request[first, end)`, if it is still true. */
  private find(
    hash: number,
    request: Uint8Array,
    first: number,
    end: number,
    edns: boolean,
    scope: ClientScope | null,
  ): Ready | null {
    const set = setOf(hash);
    for (let place = set; place < set + WAYS; place += 1) {
      const ready = this.places[place];
      if (ready === undefined || ready.hash !== hash || ready.edns !== edns) continue;
      if ((ready.scope !== null && ready.scope !== scope) || !isQuestion(ready.question, request, first, end)) continue;
      return ready.revision === ready.hangsOn.revision ? ready : null;
    }
    return null;
  }

  /** Where the same question of the same clients stands, else one that is free or not true any more, else any of its set. */
  private placeFor({ hash, question, edns, scope }: Ready): number {
    const set = setOf(hash);
    let spare = -1;
    for (let place = set; place < set + WAYS; place += 1) {
      const there = this.places[place];
      if (there === undefined || there.revision !== there.hangsOn.revision) {
        if (spare < 0) spare = place;
      } else if (
        there.hash === hash &&
        there.edns === edns &&
        there.scope === scope &&
        isQuestion(there.question, question, 0, question.length)
      )
        return place;
    }
    this.turn = (this.turn + 1) % WAYS;
    return spare < 0 ? set + this.turn : spare;
  }
}

/** Whether bytes hold this question: the name in any case, type and class as numbers. */
const isQuestion = (question: Uint8Array, bytes: Uint8Array, first: number, end: number): boolean => {
  if (question.length !== end - first) return false;
  const named = question.length - 4;
  for (let index = 0; index < named; index += 1)
    if (question[index] !== LOWER[bytes[first + index] as number]) return false;
  for (let index = named; index < question.length; index += 1)
    if (question[index] !== bytes[first + index]) return false;
  return true;
};

/** Places of one set: questions that fall on the same do not push each other out. */
const WAYS = 4;
/** The first place of the set that a question belongs to. */
const setOf = (hash: number): number => ((hash ^ (hash >>> 15)) & (READY_ANSWERS / WAYS - 1)) * WAYS;
