import type { Call } from './call';

/** The same act for those who would rather type it, or put it into a script. */

/** One word of a shell, whatever it is made of. */
export const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text));

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A body as `anneal` takes it: `field=value`, where a text that would be read as JSON is written as JSON. */
export const asFields = (body: Readonly<Record<string, unknown>>): string =>
  Object.entries(body)
    .map(([name, value]) =>
      word(`${name}=${typeof value === 'string' && !isJson(value) ? value : JSON.stringify(value)}`),
    )
    .join(' ');

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** For a shell that has ANNEAL_TOKEN. */
export const asCurl = ({ method, path, body, file, version }: Call): string => {
  const parts = ['curl', '-fsS'];
  if (method !== 'GET') parts.push('-X', method);
  parts.push('-H', '"Authorization: Bearer $ANNEAL_TOKEN"');
  if (version !== undefined) parts.push('-H', quoted(`If-Match: ${version === '*' ? '*' : `"${version}"`}`));
  if (body !== undefined) {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    parts.push('-H', quoted(`Content-Type: ${type}`), '-d', quoted(JSON.stringify(body)));
  }
  if (file !== undefined)
    parts.push('-H', quoted('Content-Type: application/octet-stream'), '--data-binary', quoted(`@${file}`));
  parts.push(quoted(`${globalThis.location.origin}${path}`));
  return parts.join(' ');
};
