import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The published guidelines, which are not part of this repository: the folder `ANNEAL_GUIDELINES`, else
 * `../shared/data/guidelines` beside the checkout. Specs that need them are skipped, with the reason, where there are none.
 */
export const publishedFolder = (): string =>
  process.env['ANNEAL_GUIDELINES'] ?? join(checkout(), '..', 'shared', 'data', 'guidelines');

/** The text of a published guideline, or null where it is not there. */
export const publishedGuideline = (id: string): string | null => readOr(join(publishedFolder(), `${id}.json`));

/** What `stestr list` says of Tempest 33, if somebody kept it: the file that `ANNEAL_SUITE_LIST` names. */
export const listedSuite = (): string | null => readOr(process.env['ANNEAL_SUITE_LIST'] ?? '');

/** The reason for a skip, as part of the name of a spec. */
export const whyNotPublished = (): string => `skipped: no published guidelines in ${publishedFolder()}`;

const readOr = (file: string): string | null => (existsSync(file) ? readFileSync(file, 'utf8') : null);

/** `libs/testkit/src/certification` is four folders below it, as sources and in `dist/` alike but for one. */
const checkout = (): string => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  return existsSync(join(root, 'package.json')) ? root : join(root, '..');
};
