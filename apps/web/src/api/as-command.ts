import type { Call } from './call';

/** The same act for those who would rather type it, or put it into a script. */

/** One word of a shell, whatever it is made of. */
export const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text));

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

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
