import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { EXIT, Stop } from '../exit.js';
import type { Manifest, ManifestNode, ManifestRole } from './manifest.js';

/** Most documents of one file, nodes of a deployment and aliases of a document: beyond it is a mistake, or malice. */
const DOCUMENTS_MAX = 1_000;
const ALIASES_MAX = 1_000;

/**
 * Reads a file of deployments. It knows the shape and nothing of roles or nodes: whether these exist is the server's to
 * say. All that is wrong is told together, each with its line.
 */
export const readManifests = (text: string, file: string): Manifest[] => {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const reader = new Reader(file, lines);
  const manifests: Manifest[] = [];
  if (!('empty' in documents)) {
    for (const document of documents.slice(0, DOCUMENTS_MAX)) {
      for (const error of document.errors) reader.fault(error.pos[0], error.message.replace(/ at line \d+.*$/s, ''));
      if (document.errors.length === 0 && document.contents !== null) {
        const manifest = reader.deployment(document);
        if (manifest) manifests.push(manifest);
      }
    }
    if (documents.length > DOCUMENTS_MAX) reader.fault(0, `there are more than ${DOCUMENTS_MAX} documents in it`);
  }
  if (reader.faults.length === 0 && manifests.length === 0)
    reader.fault(0, 'it holds no deployment; begin with name: and nodes:');
  const names = manifests.map(({ name }) => name);
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index)))
    reader.fault(0, `the deployment ${name} stands in it twice`);
  if (reader.faults.length > 0) throw new Stop(EXIT.usage, `${file} is not a deployment.`, reader.faults.join('\n'));
  return manifests;
};

const FIELDS = ['name', 'parent', 'description', 'priority', 'roles', 'nodes'] as const;
const NODE_FIELDS = ['member', 'attribs', 'roles'] as const;
const NAME = /^[A-Za-z][-_.A-Za-z0-9]{0,62}$/;

class Reader {
  readonly faults: string[] = [];
  constructor(
    private readonly file: string,
    private readonly lines: LineCounter,
  ) {}

  fault(offset: number, says: string): void {
    const { line, col } = this.lines.linePos(offset);
    this.faults.push(`${this.file}:${line}:${col}: ${says}`);
  }

  deployment(document: Document): Manifest | null {
    const map = this.fields(document.contents, 'a deployment', FIELDS);
    if (!map) return null;
    const name = this.text(map.get('name'), 'name');
    if (name === undefined) this.at(document.contents, 'the deployment has no name');
    else if (!NAME.test(name))
      this.at(
        map.get('name')?.value,
        `${JSON.stringify(name)} is no name: a letter, then up to 62 letters, digits, - _ .`,
      );
    const [parent, description, priority] = [
      this.text(map.get('parent'), 'parent'),
      this.text(map.get('description'), 'description'),
      this.count(map.get('priority'), 'priority'),
    ];
    return {
      name: name ?? '',
      ...(parent === undefined ? {} : { parent }),
      ...(description === undefined ? {} : { description }),
      ...(priority === undefined ? {} : { priority }),
      roles: this.roles(map.get('roles'), document),
      nodes: this.nodes(map.get('nodes'), document),
    };
  }

  private nodes(pair: Pair | undefined, document: Document): ManifestNode[] {
    const entries = this.entries(pair, 'nodes', document);
    return entries.map(({ name, value }) => {
      if (value === null || (isScalar(value) && value.value === null)) return { name, attribs: {}, roles: [] };
      // A bare list is a list of roles: the shortest thing that can be meant.
      if (isSeq(value)) return { name, attribs: {}, roles: this.roleList(value, document) };
      const map = this.fields(value, `the node ${name}`, NODE_FIELDS);
      return {
        name,
        ...(this.yes(map?.get('member'), `member of ${name}`) ? { member: true } : {}),
        attribs: this.data(map?.get('attribs'), `attribs of ${name}`, document),
        roles: this.roles(map?.get('roles'), document),
      };
    });
  }

  private roles(pair: Pair | undefined, document: Document): ManifestRole[] {
    const value = resolved(pair?.value, document);
    if (isSeq(value)) return this.roleList(value, document);
    return this.entries(pair, 'roles', document).map(({ name, value: data }) => ({
      name,
      data: this.object(data, `the role ${name}`, document),
    }));
  }

  private roleList(list: Node, document: Document): ManifestRole[] {
    const names = isSeq(list) ? list.items : [];
    return names.flatMap((item) => {
      const name = resolved(item, document);
      if (isScalar(name) && typeof name.value === 'string') return [{ name: name.value, data: {} }];
      this.at(item, 'a list of roles holds names; with values, write role: { attrib: value }');
      return [];
    });
  }

  /** Names and values of a mapping; a list of names is one without values. */
  private entries(pair: Pair | undefined, what: string, document: Document): { name: string; value: Node | null }[] {
    const value = resolved(pair?.value, document);
    if (!value || (isScalar(value) && value.value === null)) return [];
    if (isSeq(value)) {
      return value.items.flatMap((item) => {
        const name = resolved(item, document);
        if (isScalar(name) && typeof name.value === 'string') return [{ name: name.value, value: null }];
        this.at(item, `${what}: a list holds names`);
        return [];
      });
    }
    if (!isMap(value)) {
      this.at(value, `${what} must be a mapping of names`);
      return [];
    }
    return value.items.flatMap((item) => {
      const name = nameOf(item);
      if (name !== null && name !== '') return [{ name, value: resolved(item.value, document) }];
      this.at(item.key, `${what}: this is no name`);
      return [];
    });
  }

  private data(pair: Pair | undefined, what: string, document: Document): Record<string, unknown> {
    return this.object(resolved(pair?.value, document), what, document);
  }

  private object(value: Node | null, what: string, document: Document): Record<string, unknown> {
    if (!value || (isScalar(value) && value.value === null)) return {};
    if (isMap(value)) return value.toJS(document, { maxAliasCount: ALIASES_MAX }) as Record<string, unknown>;
    this.at(value, `${what}: values stand as attrib: value`);
    return {};
  }

  private fields(value: unknown, what: string, known: readonly string[]): Map<string, Pair> | null {
    if (!isMap(value)) {
      this.at(value, `${what} must be a mapping with ${known.join(', ')}`);
      return null;
    }
    const found = new Map<string, Pair>();
    for (const item of (value as YAMLMap).items) {
      const name = nameOf(item) ?? '';
      if (known.includes(name)) found.set(name, item);
      else this.at(item.key, `${what} has no field ${JSON.stringify(name)}; there are ${known.join(', ')}`);
    }
    return found;
  }

  private text(pair: Pair | undefined, field: string): string | undefined {
    if (!pair) return undefined;
    if (isScalar(pair.value) && typeof pair.value.value === 'string') return pair.value.value;
    this.at(pair.value, `${field} must be text`);
    return undefined;
  }

  private count(pair: Pair | undefined, field: string): number | undefined {
    if (!pair) return undefined;
    if (isScalar(pair.value) && Number.isSafeInteger(pair.value.value)) return pair.value.value as number;
    this.at(pair.value, `${field} must be a whole number`);
    return undefined;
  }

  private yes(pair: Pair | undefined, field: string): boolean {
    if (!pair) return false;
    if (isScalar(pair.value) && typeof pair.value.value === 'boolean') return pair.value.value;
    this.at(pair.value, `${field} must be true or false`);
    return false;
  }

  private at(value: unknown, says: string): void {
    this.fault((value as { range?: readonly number[] } | null)?.range?.[0] ?? 0, says);
  }
}

const nameOf = (item: Pair): string | null => {
  const value: unknown = isScalar(item.key) ? item.key.value : null;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
};

const resolved = (value: unknown, document: Document): Node | null => {
  if (value && typeof (value as { resolve?: unknown }).resolve === 'function')
    return (value as { resolve(document: Document): Node | undefined }).resolve(document) ?? null;
  return (value as Node | null | undefined) ?? null;
};
