/** Packets of TFTP, bytes to values and back (RFC 1350 §5, options RFC 2347). It reads whatever comes and never throws. */
import { OPTIONS_MAX, REQUEST_BYTES_MAX } from './limits.js';

export const OPCODE = { read: 1, write: 2, data: 3, ack: 4, error: 5, optionAck: 6 } as const;

/** Error codes (RFC 1350 §5, appendix; 8 of RFC 2347). */
export const TFTP_ERROR = {
  undefined: 0,
  notFound: 1,
  accessViolation: 2,
  illegalOperation: 4,
  unknownTransfer: 5,
  optionRefused: 8,
} as const;

export interface ReadRequest {
  readonly kind: 'read';
  readonly file: string;
  /** Lower case. */
  readonly mode: string;
  /** Names in lower case; of two of the same name the first counts. */
  readonly options: ReadonlyMap<string, string>;
}

export type Incoming =
  | ReadRequest
  | { readonly kind: 'write' }
  /** A request that cannot be read. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly message: string };

/** Null for what is no TFTP, or not for a server. */
export const readPacket = (bytes: Uint8Array): Incoming | null => {
  if (bytes.length < 4) return null;
  switch (((bytes[0] as number) << 8) | (bytes[1] as number)) {
    case OPCODE.read:
      return readRequest(bytes);
    case OPCODE.write:
      return { kind: 'write' };
    case OPCODE.ack:
      return { kind: 'ack', block: word(bytes, 2) };
    case OPCODE.error:
      return { kind: 'error', code: word(bytes, 2), message: readText(bytes, 4)?.text ?? '' };
    default:
      return null;
  }
};

const readRequest = (bytes: Uint8Array): Incoming => {
  if (bytes.length > REQUEST_BYTES_MAX) return { kind: 'malformed' };
  const file = readText(bytes, 2);
  const mode = file && readText(bytes, file.end);
  if (!file?.text || !mode?.text) return { kind: 'malformed' };
  const options = new Map<string, string>();
  for (let at = mode.end; at < bytes.length && options.size < OPTIONS_MAX;) {
    const name = readText(bytes, at);
    const value = name && readText(bytes, name.end);
    // What follows the last whole option is padding of a careless client.
    if (!name || !value) break;
    const known = name.text.toLowerCase();
    if (!options.has(known)) options.set(known, value.text);
    at = value.end;
  }
  return { kind: 'read', file: file.text, mode: mode.text.toLowerCase(), options };
};

const decoder = new TextDecoder('utf-8');

/** A text up to its zero; null when it has none. */
const readText = (bytes: Uint8Array, from: number): { text: string; end: number } | null => {
  const zero = bytes.indexOf(0, from);
  return zero < 0 ? null : { text: decoder.decode(bytes.subarray(from, zero)), end: zero + 1 };
};

const word = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

export const dataPacket = (block: number, content: Uint8Array): Buffer => {
  const packet = Buffer.allocUnsafeSlow(4 + content.length);
  packet.writeUInt16BE(OPCODE.data, 0);
  packet.writeUInt16BE(block & 0xffff, 2);
  packet.set(content, 4);
  return packet;
};

export const optionAckPacket = (options: ReadonlyMap<string, string>): Buffer =>
  Buffer.concat([
    Buffer.from([0, OPCODE.optionAck]),
    ...[...options].flatMap(([name, value]) => [Buffer.from(`${name}\0${value}\0`, 'latin1')]),
  ]);

/** `message` is shown on the console of the machine: what is wrong, in ASCII. */
export const errorPacket = (code: number, message: string): Buffer =>
  Buffer.concat([Buffer.from([0, OPCODE.error, 0, code]), Buffer.from(`${message}\0`, 'latin1')]);

/** For clients, which are tests and benchmarks here. */
export const readRequestPacket = (
  file: string,
  options: Readonly<Record<string, string>> = {},
  mode = 'octet',
): Buffer =>
  Buffer.concat([
    Buffer.from([0, OPCODE.read]),
    Buffer.from([file, mode, ...Object.entries(options).flat()].map((text) => `${text}\0`).join('')),
  ]);

export const ackPacket = (block: number): Buffer => Buffer.from([0, OPCODE.ack, (block >> 8) & 0xff, block & 0xff]);
