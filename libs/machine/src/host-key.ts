/**
 * SSH host keys as text, `ssh-ed25519 AAAA…`: the form of known_hosts and of `Reach.hostKey`. Keys are compared by type and
 * blob; a comment after them says nothing.
 */
import type { ServerHostKeyAlgorithm } from 'ssh2';

/** The text of a key blob as the server sends it. Its first field is the type (RFC 4253 §6.6). */
export function hostKeyText(blob: Buffer): string {
  const length = blob.readUInt32BE(0);
  return `${blob.toString('latin1', 4, 4 + length)} ${blob.toString('base64')}`;
}

/** Whether two key texts name the same key. */
export function sameHostKey(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

/** Whether a text has the form of a host key, before it is believed or pinned. */
export function isHostKeyText(text: string): boolean {
  return /^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}$/.test(bare(text));
}

/**
 * The host key algorithms to offer. A server with several keys must show the one that was pinned, so only its type is
 * asked for; otherwise the newest type that both sides know.
 */
export function hostKeyAlgorithms(pinned: string | null): ServerHostKeyAlgorithm[] {
  const type = pinned?.trim().split(/\s+/)[0];
  if (type === 'ssh-rsa') return ['rsa-sha2-512', 'rsa-sha2-256'];
  const known = ANY_TYPE.find((algorithm) => algorithm === type);
  return known ? [known] : ANY_TYPE;
}

const ANY_TYPE: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

const bare = (text: string): string => text.trim().split(/\s+/).slice(0, 2).join(' ');
