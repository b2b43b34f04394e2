/**
 * Text that machines wrote holds whatever bytes they like; PostgreSQL's text and jsonb do not hold all of it. What cannot
 * be kept is replaced, because the end of a run must never fail on how its output looks.
 */

/** Text for a text column: NUL, the one character that it does not hold, is shown as its picture. */
export const storableText = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', NUL_PICTURE) : text);

/** Text for a jsonb column. Besides NUL it holds no half of a surrogate pair, which is what is left of a text cut in two. */
export const storableJson = (value: unknown): string => {
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text) ? text.replace(ESCAPE, (escape, hex?: string) => replacementOf(hex) ?? escape) : text;
};

const replacementOf = (hex: string | undefined): string | undefined =>
  hex === '0000' ? NUL_PICTURE : hex?.startsWith('d') ? REPLACEMENT : undefined;

/** JSON.stringify escapes NUL and lone surrogates, whole pairs it does not. Text may only look like an escape. */
const UNSTORABLE = /\\u(?:0000|d)/;
/** Every escape from left to right, so that an escaped backslash hides what follows it. */
const ESCAPE = /\\(?:u([0-9a-f]{4})|.)/g;
const NUL_PICTURE = '\u2400';
const REPLACEMENT = '\ufffd';
