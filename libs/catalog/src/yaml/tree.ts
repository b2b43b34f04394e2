/**
 * A YAML text as a tree in which every value knows its line and column. It holds only what JSON can hold: text, numbers,
 * booleans, null, lists, and maps with text keys. Aliases are followed within limits; tags and merge keys are refused,
 * because a barclamp that means something else to another reader is worse than one that is not read.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { Json } from '#core';
import { ALIASES_MAX, DEPTH_MAX, VALUES_MAX } from '../limits.js';
import type { Place, ProblemList } from '../problem.js';

export type Tree = ScalarTree | ListTree | MapTree;

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  /** As it was written: `2.0` where the value is the number 2. */
  readonly source: string;
  readonly at: Place;
}

export interface ListTree {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly at: Place;
}

export interface MapTree {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly at: Place;
}

export interface Entry {
  readonly keyAt: Place;
  readonly value: Tree;
}

/** Reads one YAML document. Undefined when it cannot be read at all; what is wrong stands in `problems`. */
export function parseTree(file: string, text: string, problems: ProblemList): Tree | undefined {
  const lines = new LineCounter();
  const document = parse(text, lines);
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document === 'too-deep') {
    problems.error({ file, line: 1, column: 1 }, 'too-deep', tooDeepMessage);
    return undefined;
  }
  const faults = [...document.errors, ...document.warnings];
  for (const fault of faults) {
    if (fault.code === 'RESOURCE_EXHAUSTION') {
      problems.error(place(fault.pos[0]), 'too-deep', tooDeepMessage);
      return undefined;
    }
    problems.error(place(fault.pos[0]), 'yaml', faultMessage(fault.code, fault.message), faultAdvice[fault.code]);
  }
  if (faults.length > 0) return undefined;
  if (!document.contents) return { kind: 'scalar', value: null, source: '', at: place(0) };
  return new TreeBuilder(place, problems).build(document.contents);
}

/** What the tree holds, as plain data. Maps get own properties only, whatever their keys are. */
export function toJson(tree: Tree): Json {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(toJson);
    case 'map':
      return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, toJson(entry.value)]));
  }
}

/** The value at a JSON Pointer (RFC 6901), or the deepest one on the way to it. */
export function locate(tree: Tree, pointer: string): Tree {
  let here = tree;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const next =
      here.kind === 'map' ? here.entries.get(key)?.value : here.kind === 'list' ? here.items[Number(key)] : undefined;
    if (!next) return here;
    here = next;
  }
  return here;
}

const tooDeepMessage = `values are nested more than ${DEPTH_MAX} deep`;

/** The parser is recursive: a line of a hundred thousand brackets exhausts its stack, which is a fault of the text. */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | 'too-deep' {
  try {
    return parseDocument(text, {
      lineCounter,
      version: '1.2',
      schema: 'core',
      // Looked for below: here each key would be compared with every other, which takes minutes for a hostile map.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
  } catch (error) {
    if (error instanceof RangeError) return 'too-deep';
    throw new Error('parse YAML', { cause: error });
  }
}

const faultAdvice: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'put each barclamp in a file of its own',
  BAD_INDENT: 'line it up with its neighbours',
  TAG_RESOLVE_FAILED: 'leave the tag out',
  MISSING_CHAR: 'close the quotes or brackets, or quote the text',
};

const faultMessage = (code: string, message: string): string => {
  if (code === 'MULTIPLE_DOCS') return 'the file holds more than one document';
  return message
    .replace(/\s+/g, ' ')
    .replace(/ at line \d+, column \d+:?.*$/, '')
    .trim();
};

class TreeBuilder {
  private values = 0;
  private aliases = 0;
  /** The nodes an alias may stand for: those that began above it. One that holds itself ends at the depth limit. */
  private readonly anchors = new Map<string, Node>();

  constructor(
    private readonly place: (offset: number) => Place,
    private readonly problems: ProblemList,
  ) {}

  build(node: Node, depth = 0): Tree | undefined {
    const at = this.place(node.range?.[0] ?? 0);
    if (depth > DEPTH_MAX) return this.refuse(at, 'too-deep', tooDeepMessage);
    this.values += 1;
    if (this.values > VALUES_MAX) {
      return this.refuse(at, 'too-large', `the document holds more than ${VALUES_MAX} values, aliases followed`);
    }
    if (isAlias(node)) return this.follow(node.source, at, depth);
    if ((isScalar(node) || isSeq(node) || isMap(node)) && node.anchor) this.anchors.set(node.anchor, node);
    if (isScalar(node)) return this.scalar(node.value, node.source, at);
    if (isSeq(node)) return this.list(node.items as Node[], at, depth);
    if (isMap(node)) return this.map(node.items as { key: Node; value: Node | null }[], at, depth);
    return this.refuse(at, 'yaml', 'this is neither text, number, list nor map');
  }

  private follow(anchor: string, at: Place, depth: number): Tree | undefined {
    this.aliases += 1;
    if (this.aliases > ALIASES_MAX) return this.refuse(at, 'too-many', `more than ${ALIASES_MAX} aliases are used`);
    const target = this.anchors.get(anchor);
    if (!target) return this.refuse(at, 'yaml', `the alias *${anchor} stands for nothing above it`);
    return this.build(target, depth + 1);
  }

  private scalar(value: unknown, source: string | undefined, at: Place): Tree | undefined {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return this.refuse(at, 'not-json', 'infinity and not-a-number cannot be written as JSON');
    }
    if (value === undefined) value = null;
    return { kind: 'scalar', value: value as ScalarTree['value'], source: source ?? String(value), at };
  }

  private list(items: readonly Node[], at: Place, depth: number): Tree | undefined {
    const read: Tree[] = [];
    for (const item of items) {
      const tree = this.build(item, depth + 1);
      if (!tree) return undefined;
      read.push(tree);
    }
    return { kind: 'list', items: read, at };
  }

  private map(pairs: readonly { key: Node; value: Node | null }[], at: Place, depth: number): Tree | undefined {
    const entries = new Map<string, Entry>();
    for (const { key, value } of pairs) {
      const keyAt = this.place(key.range?.[0] ?? 0);
      if (!isScalar(key) || key.value === null) return this.refuse(keyAt, 'not-json', 'a key must be a plain word');
      const name = String(key.value);
      if (name === '<<') {
        return this.refuse(keyAt, 'yaml', 'merge keys ("<<") are not read', 'write the keys out');
      }
      if (name === '__proto__') return this.refuse(keyAt, 'wrong-value', '"__proto__" cannot be a key');
      const tree = value
        ? this.build(value, depth + 1)
        : ({ kind: 'scalar', value: null, source: '', at: keyAt } as const);
      if (!tree) return undefined;
      if (entries.has(name)) {
        this.problems.error(
          keyAt,
          'duplicate',
          `"${name}" is given twice in the same map`,
          'merge the two or rename one',
        );
      } else entries.set(name, { keyAt, value: tree });
    }
    return { kind: 'map', entries, at };
  }

  private refuse(at: Place, ...[code, message, suggestion]: Tail<Parameters<ProblemList['error']>>): undefined {
    this.problems.error(at, code, message, suggestion);
    return undefined;
  }
}

type Tail<List extends readonly unknown[]> = List extends readonly [unknown, ...infer Rest] ? Rest : never;
