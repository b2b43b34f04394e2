import { refuse, type Refusal } from '#core';

/** The text of a body that came as bytes. `what` says what was expected. */
export const readText = (body: unknown, what: string): string | Refusal => {
  const bytes = readBytes(body, what);
  if (!(bytes instanceof Uint8Array)) return bytes;
  try {
    // The mark at the beginning stays: the digest is that of the bytes as they came.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? refuse('invalid', `the body holds a zero character: send ${what}.`) : text;
  } catch {
    return refuse('invalid', `the body is not text in UTF-8: send ${what}.`);
  }
};

/** The bytes of such a body. */
export const readBytes = (body: unknown, what: string): Uint8Array | Refusal =>
  Buffer.isBuffer(body) && body.length > 0 ? body : refuse('invalid', `the body is empty: send ${what}.`);
