/**
 * Names in DHCPv6 options: RFC 1035 §3.1, never compressed (RFC 8415 §10). A name is text without the root's dot;
 * bytes that text cannot show are refused, as no name of ours has them.
 */

/** RFC 1035 §2.3.4: of one name on the wire. */
const NAME_BYTES_MAX = 255;
const LABEL_BYTES_MAX = 63;
/** What a label may hold here: letters, digits, hyphen, underscore. */
const LABEL = /^[0-9a-z_-]+$/i;

/** Bytes of a name, or null when it is none. A partial name (RFC 4704 §4.2) ends without the root. */
export const encodeName = (name: string, partial = false): Uint8Array | null => {
  const plain = name.endsWith('.') ? name.slice(0, -1) : name;
  const labels = plain === '' ? [] : plain.split('.');
  const bytes: number[] = [];
  for (const label of labels) {
    if (label.length > LABEL_BYTES_MAX || !LABEL.test(label)) return null;
    bytes.push(label.length);
    for (let at = 0; at < label.length; at += 1) bytes.push(label.charCodeAt(at));
  }
  if (!partial) bytes.push(0);
  return bytes.length > NAME_BYTES_MAX ? null : Uint8Array.from(bytes);
};

export interface NameAt {
  readonly name: string;
  /** Whether the root ended it. */
  readonly whole: boolean;
  readonly next: number;
}

/** The name that begins at `from` and does not go beyond `end`; null when there is none. */
export const decodeName = (bytes: Uint8Array, from: number, end: number): NameAt | null => {
  let name = '';
  let at = from;
  while (at < end) {
    const length = bytes[at] as number;
    at += 1;
    if (length === 0) return { name, whole: true, next: at };
    if (length > LABEL_BYTES_MAX || at + length > end) return null;
    let label = '';
    for (let each = 0; each < length; each += 1) label += String.fromCharCode(bytes[at + each] as number);
    if (!LABEL.test(label)) return null;
    name += name === '' ? label : `.${label}`;
    at += length;
    if (at - from > NAME_BYTES_MAX) return null;
  }
  return name === '' ? null : { name, whole: false, next: at };
};
