import { isMap, type Json } from '../base/json.js';

/**
 * One text for one value (RFC 8785): keys sorted by UTF-16 code units, no white space, numbers and texts as ECMAScript
 * writes them. Whoever signs or compares documents needs the same bytes for the same content.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`);
  return `{${members.join(',')}}`;
}
