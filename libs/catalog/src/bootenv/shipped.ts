import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { ShippedBootenvs, type ShippedBootenv, type ShippedTemplate } from '#app';

/** The boot environments that come with Anneal: a folder each, with `bootenv.yml` and its templates. A fault in one is a surprise. */
const FOLDER = 'libs/catalog/bootenvs';

interface Described {
  readonly description: string;
  readonly local?: boolean;
  readonly params?: readonly string[];
  readonly templates: readonly DescribedTemplate[];
}

interface DescribedTemplate {
  readonly path: string;
  readonly description: string;
  readonly secret?: boolean;
  /** A file among those that several boot environments share, in the place of one of its own. */
  readonly shared?: string;
  /** Files of the same kind that are put before it, in this order. */
  readonly after?: readonly string[];
}

/** No boot environment, but what several of them have in common. */
const SHARED = 'shared';

export class ShippedBootenvFolder extends ShippedBootenvs {
  override async load(): Promise<{ templates: ShippedTemplate[]; bootenvs: ShippedBootenv[] }> {
    const root = shippedFolder();
    const templates: ShippedTemplate[] = [];
    const bootenvs: ShippedBootenv[] = [];
    for (const entry of (await readdir(root, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!entry.isDirectory() || entry.name === SHARED) continue;
      const { name } = entry;
      const described = parse(await readFile(join(root, name, 'bootenv.yml'), 'utf8')) as Described;
      const files: Record<string, string> = {};
      for (const { path, description, secret = false, shared, after = [] } of described.templates) {
        const pieces = [...after.map((file) => join(SHARED, file)), shared ? join(SHARED, shared) : join(name, path)];
        const source = (await Promise.all(pieces.map((file) => readFile(join(root, file), 'utf8')))).join('');
        files[path] = `${name}.${path.replaceAll('/', '.')}`;
        templates.push({ name: files[path], description, source, secret });
      }
      bootenvs.push({
        name,
        description: described.description,
        local: described.local ?? false,
        params: described.params ?? [],
        files,
      });
    }
    return { templates, bootenvs };
  }
}

/** From `dist/` as from the sources, the folder is the same: that of the sources. The build copies some of its files, not all. */
const shippedFolder = (): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, FOLDER);
    if (existsSync(join(candidate, 'local', 'bootenv.yml'))) return candidate;
    if (folder === dirname(folder)) throw new Error(`no folder ${FOLDER} above ${fileURLToPath(import.meta.url)}`);
  }
};
