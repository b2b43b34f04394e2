/**
 * Takes a map apart key by key. Each key that is asked for counts as known; `finish` complains of the others. A value of
 * the wrong type is reported at its own line and read as if it were absent, so that one mistake is one problem.
 */
import type { Json } from '#core';
import { LIST_MAX } from '../limits.js';
import type { Place, ProblemList } from '../problem.js';
import { didYouMean } from '../suggest.js';
import { toJson, type ListTree, type MapTree, type Tree } from './tree.js';

/** A word and where it stands. */
export interface Word {
  readonly text: string;
  readonly at: Place;
}

export class MapReader {
  private readonly asked = new Set<string>();

  constructor(
    private readonly map: MapTree,
    /** What the map is, for messages: `role "dns-server"`. */
    readonly what: string,
    readonly problems: ProblemList,
  ) {}

  get at(): Place {
    return this.map.at;
  }

  has(key: string): boolean {
    return this.tree(key) !== undefined;
  }

  /** The value under a key as it stands; undefined when the key is absent or has no value. */
  tree(key: string): Tree | undefined {
    this.asked.add(key);
    const value = this.map.entries.get(key)?.value;
    return value?.kind === 'scalar' && value.value === null ? undefined : value;
  }

  /** The value under a key, null included; undefined only when the key is absent. */
  treeOrNull(key: string): Tree | undefined {
    this.asked.add(key);
    return this.map.entries.get(key)?.value;
  }

  placeOf(key: string): Place {
    return this.map.entries.get(key)?.keyAt ?? this.map.at;
  }

  /** Text. A number or a boolean is taken as it was written: `version: 2.0` is the text "2.0". */
  text(key: string): string | undefined {
    return this.word(key)?.text;
  }

  word(key: string): Word | undefined {
    const tree = this.tree(key);
    if (!tree) return undefined;
    if (tree.kind !== 'scalar') return this.wrong(tree, key, 'text', 'write it on one line, or after "|"');
    return { text: typeof tree.value === 'string' ? tree.value : tree.source, at: tree.at };
  }

  /** Text that must be there. */
  requiredWord(key: string, advice: string): Word | undefined {
    this.require(key, advice);
    return this.word(key);
  }

  /** Reports a key that is absent or has no value. */
  require(key: string, advice: string): void {
    if (this.has(key)) return;
    this.problems.error(this.placeOf(key), 'missing-key', `${this.what} has no "${key}"`, advice);
  }

  boolean(key: string): boolean | undefined {
    const tree = this.tree(key);
    if (!tree) return undefined;
    if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value;
    return this.wrong(tree, key, 'true or false', `write "${key}: true" or "${key}: false"`);
  }

  /** A whole number within limits, both included. */
  integer(key: string, min: number, max: number): number | undefined {
    const value = this.number(key, min, max);
    if (value === undefined || Number.isInteger(value)) return value;
    return this.wrong(this.tree(key)!, key, 'a whole number', `round it to ${Math.round(value)}`);
  }

  number(key: string, min: number, max: number): number | undefined {
    const tree = this.tree(key);
    if (!tree) return undefined;
    if (tree.kind !== 'scalar' || typeof tree.value !== 'number') {
      return this.wrong(tree, key, 'a number', 'write it without quotes or a unit');
    }
    if (tree.value >= min && tree.value <= max) return tree.value;
    this.problems.error(
      tree.at,
      'wrong-value',
      `"${key}" of ${this.what} is ${tree.value}`,
      `use a number from ${min} to ${max}`,
    );
    return undefined;
  }

  /** One word out of a few. */
  oneOf<Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
    const word = this.word(key);
    if (!word) return undefined;
    const choice = choices.find((one) => one === word.text);
    if (choice) return choice;
    const message = `"${key}" of ${this.what} is "${word.text}"`;
    this.problems.error(word.at, 'wrong-value', message, didYouMean(word.text, choices) ?? `use ${either(choices)}`);
    return undefined;
  }

  /** A list of words; empty when the key is absent. */
  words(key: string): Word[] {
    const words: Word[] = [];
    for (const item of this.items(key)) {
      if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') {
        words.push({ text: item.value, at: item.at });
      } else {
        this.problems.error(item.at, 'wrong-type', `"${key}" of ${this.what} must list words, found ${nameOf(item)}`);
      }
    }
    return words;
  }

  /** A list of maps, each with a reader of its own; empty when the key is absent. */
  maps(key: string, what: (map: MapTree, index: number) => string): MapReader[] {
    const readers: MapReader[] = [];
    for (const [index, item] of this.items(key).entries()) {
      if (item.kind === 'map') readers.push(new MapReader(item, what(item, index), this.problems));
      else {
        const advice = 'begin each with "- name: …"';
        this.problems.error(
          item.at,
          'wrong-type',
          `"${key}" of ${this.what} must list maps, found ${nameOf(item)}`,
          advice,
        );
      }
    }
    return readers;
  }

  /** One map with a reader of its own; undefined when the key is absent. */
  mapUnder(key: string, what: string): MapReader | undefined {
    const tree = this.tree(key);
    if (!tree) return undefined;
    if (tree.kind !== 'map') return this.wrong(tree, key, 'a map', 'put its keys on lines of their own, indented');
    return new MapReader(tree, what, this.problems);
  }

  /** Any value. */
  json(key: string): Json | undefined {
    const tree = this.treeOrNull(key);
    return tree ? toJson(tree) : undefined;
  }

  /** The items of a list; none when the key is absent. */
  items(key: string): readonly Tree[] {
    const tree = this.tree(key);
    if (!tree) return [];
    if (tree.kind !== 'list') {
      const advice = tree.kind === 'scalar' ? `write "${key}: [${tree.source}]"` : 'begin each item with "- "';
      this.wrong(tree, key, 'a list', advice);
      return [];
    }
    return this.within(tree, key);
  }

  /** The keys nobody has asked for. */
  unasked(): { key: string; at: Place; value: Json }[] {
    return [...this.map.entries]
      .filter(([key]) => !this.asked.has(key))
      .map(([key, entry]) => ({ key, at: entry.keyAt, value: toJson(entry.value) }));
  }

  /** Reports every key that nobody has asked for. Call it last. */
  finish(): void {
    const known = [...this.asked].sort();
    for (const { key, at, value } of this.unasked()) {
      // `{ description: red, or blue }` is a map of two keys, which nobody means.
      const isRestOfText = value === null && key.includes(' ');
      const advice = isRestOfText
        ? 'quote the text before it: within braces a comma ends it'
        : (didYouMean(key, known) ?? `known keys: ${known.join(', ')}`);
      this.problems.error(at, 'unknown-key', `${this.what} has no key "${key}"`, advice);
    }
  }

  private within(list: ListTree, key: string): readonly Tree[] {
    if (list.items.length <= LIST_MAX) return list.items;
    const message = `"${key}" of ${this.what} has ${list.items.length} items`;
    this.problems.error(list.at, 'too-many', message, `split it: at most ${LIST_MAX} are read`);
    return [];
  }

  private wrong(tree: Tree, key: string, wanted: string, advice?: string): undefined {
    const message = `"${key}" of ${this.what} must be ${wanted}, found ${nameOf(tree)}`;
    this.problems.error(tree.at, 'wrong-type', message, advice);
    return undefined;
  }
}

/** What a value is, for a message. */
export function nameOf(tree: Tree): string {
  if (tree.kind === 'list') return 'a list';
  if (tree.kind === 'map') return 'a map';
  if (tree.value === null) return 'nothing';
  if (typeof tree.value === 'string') return `the text "${clip(tree.value)}"`;
  return `the ${typeof tree.value} ${clip(tree.source)}`;
}

const CLIP_LENGTH = 40;
const clip = (text: string): string => (text.length > CLIP_LENGTH ? `${text.slice(0, CLIP_LENGTH)}…` : text);

/** `a, b or c`. */
export const either = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
