import type { IncomingHttpHeaders } from 'node:http';
import type { Stats } from 'node:fs';

/**
 * Conditional and range requests (RFC 9110 §13, §14), as far as boot files need them. A request for several ranges gets
 * the whole, which §14.2 allows. Validators look like nginx's, so that a download that began with one of the two servers
 * can go on with the other.
 */
export interface Validators {
  readonly etag: string;
  /** HTTP date. */
  readonly lastModified: string;
  readonly mtimeSeconds: number;
}

export const validatorsOf = ({ mtimeMs, size }: Pick<Stats, 'mtimeMs' | 'size'>): Validators => {
  const mtimeSeconds = Math.floor(mtimeMs / 1_000);
  return {
    etag: `"${mtimeSeconds.toString(16)}-${size.toString(16)}"`,
    lastModified: new Date(mtimeSeconds * 1_000).toUTCString(),
    mtimeSeconds,
  };
};

export type Reply =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'out-of-range' };

/** Which part of a file of `size` bytes is the answer; `from` and `to` both belong to it. */
export const replyTo = (headers: IncomingHttpHeaders, size: number, validators: Validators): Reply => {
  if (isUnchanged(headers, validators)) return { kind: 'unchanged' };
  const range = headers.range;
  if (range === undefined || !rangeStillMeant(headers['if-range'], validators)) return { kind: 'whole' };
  const match = /^bytes=(\d*)-(\d*)$/i.exec(range.replaceAll(/\s/g, ''));
  const [, first = '', last = ''] = match ?? [];
  if (!match || (first === '' && last === '')) return { kind: 'whole' };
  if (first === '') {
    const length = Number(last);
    if (length === 0 || size === 0) return { kind: 'out-of-range' };
    return { kind: 'part', from: Math.max(0, size - length), to: size - 1 };
  }
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < from) return { kind: 'whole' };
  return from >= size ? { kind: 'out-of-range' } : { kind: 'part', from, to };
};

const isUnchanged = (headers: IncomingHttpHeaders, { etag, mtimeSeconds }: Validators): boolean => {
  const known = headers['if-none-match'];
  if (known !== undefined) {
    const tags = known.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return tags.includes('*') || tags.includes(etag);
  }
  const since = headers['if-modified-since'];
  // Like nginx: the very date that was sent, and no other.
  return since !== undefined && Date.parse(since) === mtimeSeconds * 1_000;
};

/** RFC 9110 §13.1.5: a range of something that has changed would be glued to what it does not belong to. */
const rangeStillMeant = (condition: string | string[] | undefined, { etag, mtimeSeconds }: Validators): boolean => {
  if (condition === undefined) return true;
  const text = String(condition);
  return text.startsWith('"') ? text === etag : Date.parse(text) === mtimeSeconds * 1_000;
};
