/** Characters of one line that are kept in a run's log. Longer ones are data that went astray, not something to read. */
export const LOG_LINE_CHARACTERS_MAX = 8_192;

/** A line as it may be stored: NUL, which PostgreSQL cannot hold in text, becomes U+FFFD, and a very long line is cut. */
export function logLine(line: string): string {
  const safe = line.includes('\0') ? line.replaceAll('\0', '\ufffd') : line;
  if (safe.length <= LOG_LINE_CHARACTERS_MAX) return safe;
  // Not between the two halves of a character outside the basic plane.
  const high = safe.charCodeAt(LOG_LINE_CHARACTERS_MAX - 1);
  const end = high >= 0xd800 && high <= 0xdbff ? LOG_LINE_CHARACTERS_MAX - 1 : LOG_LINE_CHARACTERS_MAX;
  return `${safe.slice(0, end)} [cut: ${safe.length - end} characters more]`;
}
