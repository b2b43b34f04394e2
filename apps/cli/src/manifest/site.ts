import { parseAllDocuments } from 'yaml';
import type { Client } from '../client/client.js';
import { EXIT, Stop } from '../exit.js';

/**
 * A site as a file: `kind: site`, and below it what the install wizard makes: networks, names, services and the admin
 * node. `anneal site show -o yaml` writes one. What the fields may be is the server's to say.
 */
export interface SiteFile {
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SiteChange {
  readonly what: string;
  readonly change: 'made' | 'changed' | 'same';
  readonly fields: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
}

/** The site of a file; null when the file is about something else. A file with a site holds nothing beside it. */
export const readSite = (text: string, file: string): SiteFile | null => {
  const documents = parseAllDocuments(text, { prettyErrors: false });
  if ('empty' in documents) return null;
  const kinds = documents.map((document) => (document.errors.length > 0 ? null : document.get('kind')));
  if (!kinds.includes('site')) return null;
  if (documents.length > 1)
    throw new Stop(EXIT.usage, `${file} holds a site and something else.`, 'Put deployments into a file of their own.');
  const [{ kind: _, ...body } = {}] = documents.map((document) => document.toJS() as Record<string, unknown>);
  return { body };
};

/** What applying would change, as the server says. */
export const previewSite = async (client: Client, { body }: SiteFile): Promise<readonly SiteChange[]> =>
  (await client.send<{ changes: SiteChange[] }>('site.preview', { body })).body.changes;

export const applySite = async (client: Client, { body }: SiteFile): Promise<readonly SiteChange[]> =>
  (await client.send<{ changes: SiteChange[] }>('site.apply', { body })).body.changes;

/** A line for each part, and below it what differs. */
export const siteText = (changes: readonly SiteChange[]): string[] =>
  changes.flatMap(({ what, change, fields }) => [
    `${MARKS[change]} ${what}`,
    ...fields.map(({ field, before, after }) => `    ${field}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`),
  ]);

const MARKS = { made: '+', changed: '~', same: '=' } as const;

export const differs = (changes: readonly SiteChange[]): boolean => changes.some(({ change }) => change !== 'same');
