import { createHmac, timingSafeEqual } from 'node:crypto';
import { HEADER_OCTETS, uint16, writeUint16 } from './wire.js';

/**
 * Signatures of DNS messages by a shared key (RFC 8945). Made and checked here, because no package does it. Times are
 * seconds since 1970 and come from outside.
 */

export interface TsigKey {
  /** Lower case, no dot at the end. */
  readonly name: string;
  readonly algorithm: 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512';
  readonly secret: Buffer;
}

const TYPE = 250;
const CLASS_ANY = 255;
/** Seconds that two clocks may differ (RFC 8945 §10). */
const FUDGE = 300;
/** RFC 8945 §5.2: what a server says when it does not accept a signature. */
const ERRORS: Readonly<Record<number, string>> = {
  16: 'the signature is wrong: the secret of the key is not the same on both sides (BADSIG)',
  17: 'the server does not know the key by this name, or with another algorithm (BADKEY)',
  18: 'the clocks differ by more than five minutes: set them by NTP (BADTIME)',
  22: 'the server wants a longer signature (BADTRUNC)',
};

/** Thrown when an answer is not signed as it must be, or says that ours was not. */
export class TsigError extends Error {
  override readonly name = 'TsigError';
}

/** Signs a request and checks the answers to it, one message after the other. */
export class TsigExchange {
  private mac: Buffer = Buffer.alloc(0);
  private unsigned: Buffer[] = [];
  private answered = false;

  constructor(
    private readonly key: TsigKey,
    private readonly nowSeconds: () => number,
  ) {}

  /** The message with its signature. */
  sign(message: Buffer): Buffer {
    const time = timeOf(this.nowSeconds());
    const variables = this.variables(time, 0, Buffer.alloc(0));
    this.mac = this.hmac([message, variables]);
    const rdata = Buffer.concat([
      nameOf(this.key.algorithm),
      time,
      number16(FUDGE),
      number16(this.mac.length),
      this.mac,
      message.subarray(0, 2),
      number16(0),
      number16(0),
    ]);
    const record = Buffer.concat([
      nameOf(this.key.name),
      number16(TYPE),
      number16(CLASS_ANY),
      Buffer.alloc(4),
      number16(rdata.length),
      rdata,
    ]);
    const signed = Buffer.concat([message, record]);
    writeUint16(signed, 10, uint16(signed, 10) + 1);
    return signed;
  }

  /**
   * Checks an answer. Of several messages that answer one request, some may be without a signature (RFC 8945 §5.3.1):
   * they are covered by the next that has one. Returns whether this one was signed.
   */
  check(message: Buffer): boolean {
    const found = findTsig(message);
    if (!found) {
      if (!this.answered) throw new TsigError('the answer is not signed');
      this.unsigned.push(message);
      return false;
    }
    if (found.error !== 0)
      throw new TsigError(ERRORS[found.error] ?? `the server refuses the signature (error ${found.error})`);
    const plain = Buffer.from(message.subarray(0, found.begin));
    writeUint16(plain, 10, uint16(plain, 10) - 1);
    writeUint16(plain, 0, found.originalId);
    const before = [number16(this.mac.length), this.mac];
    const timers = Buffer.concat([found.time, number16(found.fudge)]);
    const covered = this.answered
      ? [...before, ...this.unsigned, plain, timers]
      : [...before, plain, this.variables(found.time, found.error, found.other, found.fudge)];
    const expected = this.hmac(covered);
    if (found.mac.length !== expected.length || !timingSafeEqual(found.mac, expected))
      throw new TsigError('the signature of the answer is wrong');
    if (Math.abs(found.time.readUIntBE(0, 6) - this.nowSeconds()) > found.fudge)
      throw new TsigError('the answer was signed at another time: the clocks differ');
    this.mac = found.mac;
    this.unsigned = [];
    this.answered = true;
    return true;
  }

  /** Whether all that came is covered by a signature. */
  get isCovered(): boolean {
    return this.answered && this.unsigned.length === 0;
  }

  private variables(time: Buffer, error: number, other: Buffer, fudge = FUDGE): Buffer {
    return Buffer.concat([
      nameOf(this.key.name),
      number16(CLASS_ANY),
      Buffer.alloc(4),
      nameOf(this.key.algorithm),
      time,
      number16(fudge),
      number16(error),
      number16(other.length),
      other,
    ]);
  }

  private hmac(parts: readonly Buffer[]): Buffer {
    const hmac = createHmac(this.key.algorithm.replace('hmac-', ''), this.key.secret);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  }
}

interface FoundTsig {
  readonly begin: number;
  readonly time: Buffer;
  readonly fudge: number;
  readonly mac: Buffer;
  readonly originalId: number;
  readonly error: number;
  readonly other: Buffer;
}

/** The TSIG record, which is the last of a message. Null without one; throws when the message is cut off. */
const findTsig = (message: Buffer): FoundTsig | null => {
  const cut = (): TsigError => new TsigError('the answer is cut off');
  if (message.length < HEADER_OCTETS) throw cut();
  let at = HEADER_OCTETS;
  for (let left = uint16(message, 4); left > 0; left -= 1) at = skipName(message, at) + 4;
  const records = uint16(message, 6) + uint16(message, 8) + uint16(message, 10);
  let begin = -1;
  for (let left = records; left > 0; left -= 1) {
    begin = at;
    const end = skipName(message, at);
    if (end + 10 > message.length) throw cut();
    at = end + 10 + uint16(message, end + 8);
    if (at > message.length) throw cut();
  }
  if (begin < 0) return null;
  const head = skipName(message, begin);
  if (uint16(message, head) !== TYPE) return null;
  const rdata = skipName(message, head + 10);
  if (rdata + 10 > message.length) throw cut();
  const macLength = uint16(message, rdata + 8);
  const after = rdata + 10 + macLength;
  if (after + 6 > message.length) throw cut();
  return {
    begin,
    time: message.subarray(rdata, rdata + 6),
    fudge: uint16(message, rdata + 6),
    mac: Buffer.from(message.subarray(rdata + 10, after)),
    originalId: uint16(message, after),
    error: uint16(message, after + 2),
    other: message.subarray(after + 6, after + 6 + uint16(message, after + 4)),
  };
};

const skipName = (message: Buffer, begin: number): number => {
  let at = begin;
  for (;;) {
    const length = message[at];
    if (length === undefined) throw new TsigError('the answer is cut off');
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
  }
};

/** A name in its canonical form: lower case, not compressed. */
const nameOf = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .toLowerCase()
      .split('.')
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ]);

const timeOf = (seconds: number): Buffer => {
  const time = Buffer.alloc(6);
  time.writeUIntBE(Math.floor(seconds), 0, 6);
  return time;
};

const number16 = (value: number): Buffer => {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
};
