import { isFolder, packFolder } from '../archive/pack-folder.js';
import type { Call } from '../client/client.js';
import type { Invocation } from '../command/invocation.js';
import { leaf, type Declare } from '../command/leaf.js';
import { readBytes } from '../command/read-file.js';
import { byFields } from '../output/printer.js';
import { forEachKey } from '../resource/for-each-key.js';
import { declareNoun } from '../resource/noun.js';

const look = {
  columns: [
    { field: 'name' },
    { field: 'release' },
    { field: 'roles' },
    { field: 'description' },
    { field: 'digest', wide: true },
    { field: 'updated_at', head: 'IMPORTED' },
    { field: 'id', wide: true },
  ],
  nameOf: byFields('name', 'id'),
};

/** `anneal barclamps import`: sends a barclamp whole; the server takes all of it or, with the line of each problem, nothing. */
export const declare: Declare = (program, terminal) => {
  const barclamps = declareNoun(program, terminal, {
    name: 'barclamps',
    aliases: ['barclamp'],
    summary: 'Bundles of roles',
    one: 'barclamp',
    key: 'barclamp',
    tag: 'barclamps',
    look,
    without: ['create'],
    verbs: [{ name: 'document', route: 'barclamps.document', summary: 'show what was imported', answers: 'document' }],
  });
  leaf(barclamps, terminal, {
    usage: 'import <path...>',
    summary: 'import barclamps: folders, archives, or YAML documents',
    says: 'A folder holds barclamp.yml and its scripts; an archive is a tar of one, gzipped or not; - reads stdin. Importing the same again changes nothing.',
    examples: [
      'anneal barclamps import ./my-barclamp',
      'curl https://example.test/web.tar.gz | anneal barclamps import -',
    ],
    run: async (invocation, [paths]) =>
      await forEachKey(invocation, paths as readonly string[], async (path) => {
        const { client, printer, progress } = invocation;
        const { body } = await client.send<Imported>('barclamps.create', await uploadOf(path, invocation));
        for (const line of importedText(body)) progress.line(line);
        if (printer.format === 'json' || printer.format === 'yaml') return await printer.document(body);
        printer.lines([String(body.barclamp['name'])]);
      }),
  });
};

interface Imported {
  readonly barclamp: Readonly<Record<string, unknown>>;
  readonly changed: boolean;
  readonly outline: {
    readonly created: readonly string[];
    readonly updated: readonly string[];
    readonly deleted: readonly string[];
    readonly retired: readonly string[];
    readonly templates_kept: readonly string[];
    readonly unresolved: readonly { readonly role: string; readonly requires: string }[];
  };
}

/** What an operator should know of an import; attributes are left to `-o json`. */
const importedText = ({ barclamp, changed, outline }: Imported): string[] => [
  changed
    ? `imported ${String(barclamp['name'])}`
    : `${String(barclamp['name'])} was imported before and has not changed`,
  ...counted('new', outline.created),
  ...counted('changed', outline.updated),
  ...counted('gone', outline.deleted),
  ...counted('gone but still bound, so that they stay until they are not', outline.retired),
  ...counted('changed here, so that their values were kept', outline.templates_kept),
  ...outline.unresolved.map(({ role, requires }) => `${role} requires ${requires}, which no barclamp has brought yet`),
];

const counted = (what: string, roles: readonly string[]): string[] =>
  roles.length === 0 ? [] : [`${roles.length} roles ${what}: ${roles.join(', ')}`];

const uploadOf = async (path: string, invocation: Invocation): Promise<Call> => {
  if (path !== '-' && (await isFolder(path))) return { body: await packFolder(path), contentType: 'application/gzip' };
  const bytes = await readBytes(path, invocation.terminal);
  return { body: new Uint8Array(bytes), contentType: typeOf(bytes) };
};

/** By the bytes, not by the name: stdin has none. RFC 1952 §2.3.1 for gzip; tar has its mark at 257. */
const typeOf = (bytes: Uint8Array): string => {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'application/gzip';
  if (Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar') return 'application/x-tar';
  return 'application/yaml';
};
