import { createSocket } from 'node:dgram';
import { randomInt } from 'node:crypto';
import { connect, isIP } from 'node:net';
import * as packets from 'dns-packet';
import { RCODE } from '#core';
import type { ClientKey } from './client.js';
import { FORWARD_TRIES, FORWARD_TRY_MS, FORWARDS_MAX, FORWARDS_PER_CLIENT_MAX, UDP_PAYLOAD_MAX } from './limits.js';
import { limitOf, type Forwarding, type Transport } from './responder.js';
import {
  answersQuery,
  HEADER_OCTETS,
  isTruncated,
  rcodeOf,
  relabel,
  uint16,
  writeQuery,
  writeReply,
  writeUint16,
  type ReadQuery,
} from './wire.js';

const DNS_PORT = 53;

/**
 * Asks others what we do not know. Every question gets a socket of its own, hence a port that nobody can guess, and an id
 * by chance (RFC 5452); an answer from elsewhere, or to another question, is not looked at. The same question of several
 * clients is asked once. Nothing is kept: what comes back is passed on and forgotten.
 */
export class Forwarder {
  private readonly asked = new Map<string, Promise<Buffer | null>>();
  private readonly perClient = new Map<ClientKey, number>();
  private readonly open = new Set<AbortController>();

  /** The reply to a client, whole. Never rejects: what nobody answers in time is SERVFAIL. */
  async finish(request: Uint8Array, forwarding: Forwarding, client: ClientKey, transport: Transport): Promise<Buffer> {
    const { query, forwarders, follow } = forwarding;
    const mine = this.perClient.get(client) ?? 0;
    if (this.asked.size >= FORWARDS_MAX || mine >= FORWARDS_PER_CLIENT_MAX) return failed(request, query);
    this.perClient.set(client, mine + 1);
    try {
      const question = follow
        ? questionFor(follow.name, request, query)
        : new Uint8Array(request.subarray(HEADER_OCTETS, query.questionEnd));
      const reply = await this.askOnce(question, query, forwarders, transport);
      if (follow) return finishAlias(request, query, follow.reply, reply, transport);
      if (!reply) return failed(request, query);
      // Shared with whoever asked the same: each gets a copy of his own.
      const own = Buffer.from(reply);
      relabel(own, query, request);
      return own.length <= limitOf(query, transport) ? own : truncated(own, query);
    } catch {
      return failed(request, query);
    } finally {
      const left = (this.perClient.get(client) ?? 1) - 1;
      if (left > 0) this.perClient.set(client, left);
      else this.perClient.delete(client);
    }
  }

  close(): void {
    for (const controller of this.open) controller.abort();
  }

  private askOnce(
    question: Uint8Array,
    query: ReadQuery,
    forwarders: readonly string[],
    transport: Transport,
  ): Promise<Buffer | null> {
    const edns = query.edns && {
      size: Math.min(UDP_PAYLOAD_MAX, query.edns.size),
      wantsDnssec: query.edns.wantsDnssec,
    };
    const key = [
      Buffer.from(question).toString('latin1').toLowerCase(),
      uint16(question, question.length - 4),
      edns?.size ?? 0,
      edns?.wantsDnssec ?? false,
      query.checkingDisabled,
      transport,
      forwarders.join(),
    ].join(' ');
    const under = this.asked.get(key);
    if (under) return under;
    const asking = this.ask(question, edns, query.checkingDisabled, forwarders, transport).finally(() =>
      this.asked.delete(key),
    );
    this.asked.set(key, asking);
    return asking;
  }

  /** Goes round the forwarders until one answers. Null when none did; SERVFAIL of one is no answer while others are left. */
  private async ask(
    question: Uint8Array,
    edns: { readonly size: number; readonly wantsDnssec: boolean } | null,
    checkingDisabled: boolean,
    forwarders: readonly string[],
    transport: Transport,
  ): Promise<Buffer | null> {
    let last: Buffer | null = null;
    const controller = new AbortController();
    this.open.add(controller);
    try {
      for (let turn = 0; turn < Math.max(FORWARD_TRIES, Math.min(forwarders.length, FORWARD_TRIES)); turn += 1) {
        const target = readForwarder(forwarders[turn % forwarders.length] as string);
        if (!target || controller.signal.aborted) continue;
        const id = randomInt(0x1_0000);
        const message = Buffer.alloc(HEADER_OCTETS + question.length + 11);
        const length = writeQuery(id, question, edns, checkingDisabled, message);
        const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(FORWARD_TRY_MS)]);
        const isOurs = (reply: Buffer): boolean => answersQuery(reply, id, question);
        let reply = await overUdp(target, message.subarray(0, length), isOurs, signal);
        if (reply && isTruncated(reply) && transport === 'tcp')
          reply = (await overTcp(target, message.subarray(0, length), isOurs, signal)) ?? reply;
        if (!reply) continue;
        last = reply;
        if (rcodeOf(reply) !== RCODE.SERVFAIL && rcodeOf(reply) !== RCODE.REFUSED) break;
      }
      return last;
    } finally {
      this.open.delete(controller);
    }
  }
}

interface Target {
  readonly address: string;
  readonly port: number;
}

/** `address` or `address#port`; null when it is neither. */
export const readForwarder = (text: string): Target | null => {
  const [address = '', port = String(DNS_PORT)] = text.split('#');
  return isIP(address) && /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) <= 65_535
    ? { address, port: Number(port) }
    : null;
};

type IsOurs = (reply: Buffer) => boolean;

/** A connected socket: the kernel drops what comes from anywhere else. Null when the time is up. */
const overUdp = (
  { address, port }: Target,
  message: Buffer,
  isOurs: IsOurs,
  signal: AbortSignal,
): Promise<Buffer | null> =>
  new Promise((resolve) => {
    const socket = createSocket({ type: isIP(address) === 6 ? 'udp6' : 'udp4' });
    const end = (reply: Buffer | null): void => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners();
      // What still fails while it closes is nobody's concern.
      socket.on('error', () => undefined);
      socket.close();
      resolve(reply);
    };
    const abort = (): void => end(null);
    signal.addEventListener('abort', abort);
    socket.on('error', () => end(null));
    socket.on('message', (reply) => {
      if (isOurs(reply)) end(reply);
    });
    socket.connect(port, address, () => socket.send(message));
  });

const overTcp = (
  { address, port }: Target,
  message: Buffer,
  isOurs: IsOurs,
  signal: AbortSignal,
): Promise<Buffer | null> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port });
    let held = Buffer.alloc(0);
    const end = (reply: Buffer | null): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(reply);
    };
    const abort = (): void => end(null);
    signal.addEventListener('abort', abort);
    socket.on('error', () => end(null));
    socket.on('close', () => end(null));
    socket.on('data', (piece) => {
      held = Buffer.concat([held, piece]);
      if (held.length < 2 || held.length < 2 + held.readUInt16BE(0)) return;
      const reply = held.subarray(2, 2 + held.readUInt16BE(0));
      end(isOurs(reply) ? reply : null);
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    socket.write(Buffer.concat([length, message]));
  });

/** The question for another name, of the type and class that the client asked for. */
const questionFor = (name: string, request: Uint8Array, query: ReadQuery): Uint8Array => {
  const labels = name === '' ? [] : name.split('.');
  const question = Buffer.alloc(labels.reduce((sum, label) => sum + label.length + 1, 1) + 4);
  let at = 0;
  for (const label of labels) {
    question[at] = label.length;
    question.write(label, at + 1, 'latin1');
    at += label.length + 1;
  }
  question.set(request.subarray(query.questionEnd - 4, query.questionEnd), at + 1);
  return question;
};

/** Our aliases, then what the forwarder says of their end. Where it says nothing, the aliases alone. */
const finishAlias = (
  request: Uint8Array,
  query: ReadQuery,
  ours: Parameters<typeof writeReply>[2],
  theirs: Buffer | null,
  transport: Transport,
): Buffer => {
  const limit = limitOf(query, transport);
  const out = Buffer.alloc(limit + 512);
  const length = writeReply(request, query, ours, out, limit);
  if (!theirs) return out.subarray(0, length);
  try {
    const found = packets.decode(theirs).answers ?? [];
    const room = limit - (query.edns ? 11 : 0);
    const opt = Uint8Array.from(out.subarray(length - (query.edns ? 11 : 0), length));
    let at = length - opt.length;
    for (const record of found) {
      const size = (
        packets as unknown as { answer: { encodingLength(record: unknown): number } }
      ).answer.encodingLength(record);
      if (at + size > room) {
        out[2] = (out[2] as number) | 0x02;
        break;
      }
      (packets as unknown as { answer: { encode(record: unknown, out: Buffer, at: number): void } }).answer.encode(
        record,
        out,
        at,
      );
      at += size;
      writeUint16(out, 6, uint16(out, 6) + 1);
    }
    out.set(opt, at);
    out[2] = (out[2] as number) & ~0x04;
    return out.subarray(0, at + opt.length);
  } catch {
    // It cannot be read: whoever asked can still follow the alias himself.
    const again = Buffer.alloc(limit + 512);
    return again.subarray(0, writeReply(request, query, ours, again, limit));
  }
};

const failed = (request: Uint8Array, query: ReadQuery): Buffer => {
  const out = Buffer.alloc(query.questionEnd + 64);
  const none = { rcode: RCODE.SERVFAIL, authoritative: false, recursionAvailable: true, answers: [], authorities: [] };
  return out.subarray(0, writeReply(request, query, none, out, out.length));
};

/** No more than the question, with the wish that it be asked over TCP. */
const truncated = (reply: Buffer, query: ReadQuery): Buffer => {
  reply[2] = (reply[2] as number) | 0x02;
  for (const at of [6, 8, 10]) writeUint16(reply, at, 0);
  return reply.subarray(0, query.questionEnd);
};
