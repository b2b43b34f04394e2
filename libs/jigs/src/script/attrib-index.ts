import type { Json, JsonObject } from '#core';

/** Attributes in the form in which a script without any JSON tool can look values up. */
export interface IndexedAttribs {
  /** The attributes as compact JSON. */
  readonly json: string;
  /** A line for each value: path, type, byte offset and byte length, parted by the unit separator. */
  readonly index: string;
  /** The text of all strings, one after the other: what the offsets of strings point into. */
  readonly strings: string;
}

const SEPARATOR = '\u001f';

/**
 * Writes the attributes as JSON and notes where each value stands in it, so that maps and lists can be handed out as
 * stretches of that one text. Paths are keys joined with `/`; within a key `~` is `~0` and `/` is `~1` (RFC 6901).
 * A key with control characters has no path: it is in the JSON only.
 */
export function indexAttribs(attribs: JsonObject): IndexedAttribs {
  const json = new Text();
  const strings = new Text();
  const lines: string[] = [];

  const note = (path: string | null, type: string, offset: number, length: number): void => {
    if (path !== null) lines.push([path, type, offset, length].join(SEPARATOR));
  };
  const write = (value: Json, path: string | null): void => {
    const start = json.bytes;
    if (typeof value === 'string') {
      json.add(JSON.stringify(value));
      if (value.includes('\0')) return note(path, 'json', start, json.bytes - start);
      const at = strings.bytes;
      strings.add(value);
      return note(path, 'string', at, strings.bytes - at);
    }
    if (value === null || typeof value !== 'object') {
      json.add(JSON.stringify(value));
      return note(path, value === null ? 'null' : typeof value, start, json.bytes - start);
    }
    // The line of a container stands before those of its members; its length is known only after them.
    const line = lines.length;
    note(path, '', 0, 0);
    const list = Array.isArray(value);
    json.add(list ? '[' : '{');
    Object.entries(value as JsonObject).forEach(([key, member], position) => {
      if (position > 0) json.add(',');
      if (!list) json.add(`${JSON.stringify(key)}:`);
      write(member, childPath(path, key));
    });
    json.add(list ? ']' : '}');
    if (path !== null) lines[line] = [path, list ? 'list' : 'map', start, json.bytes - start].join(SEPARATOR);
  };

  write(attribs, '');
  return { json: json.toString(), index: lines.map((line) => `${line}\n`).join(''), strings: strings.toString() };
}

function childPath(path: string | null, key: string): string | null {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (path === null || /[\u0000-\u001f]/.test(key)) return null;
  const step = key.replaceAll('~', '~0').replaceAll('/', '~1');
  return path === '' ? step : `${path}/${step}`;
}

/** Text that knows its length in bytes of UTF-8: the shell on the node counts bytes. */
class Text {
  private readonly parts: string[] = [];
  bytes = 0;

  add(part: string): void {
    this.parts.push(part);
    this.bytes += Buffer.byteLength(part);
  }

  toString(): string {
    return this.parts.join('');
  }
}
