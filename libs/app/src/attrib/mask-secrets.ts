import type { Json, JsonObject } from '#core';
import { HIDDEN } from './hide-secrets.js';

/**
 * Takes secrets out of text that came back from a machine: lines of a log, reasons of a failure. A script that prints an
 * attribute, or runs under `set -x`, would otherwise have its password stored for every reader of the log. It is done
 * before anything is stored or shown. What cannot be known is not hidden: a value that a script worked out of a secret, a
 * part of one, or one that only its last line hands back.
 */
export type Mask = (text: string) => string;

export const NO_MASK: Mask = (text) => text;

/** Shorter values are not masked: they would be found in ordinary words, and what is left around them would tell them anyway. */
export const MASKED_CHARACTERS_MIN = 4;

/** A mask for the values of a run's secret attributes: `input` as it was staged, whose `secrets` names them. */
export const maskOfInput = (input: JsonObject): Mask => {
  const names = input['secrets'];
  const values = input['attribs'];
  if (!Array.isArray(names) || !isMap(values)) return NO_MASK;
  return maskOf(names.map((name) => values[String(name)] ?? null));
};

/** A mask for values; of lists and maps it hides every text and number in them. */
export const maskOf = (values: readonly Json[]): Mask => {
  const texts = values.flatMap(textsIn).flatMap((text) => [text, ...text.split(/\r?\n/)]);
  const forms = new Set(texts.filter(({ length }) => length >= MASKED_CHARACTERS_MIN).flatMap(formsOf));
  if (forms.size === 0) return NO_MASK;
  // The longest first: one secret may be a part of another.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const any = new RegExp(longestFirst.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g');
  return (text) => text.replaceAll(any, HIDDEN);
};

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textsIn = (value: Json): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isMap(value) ? Object.values(value).flatMap(textsIn) : [];
};

/** How a text is written by those who print it: as it is, in JSON, in a URL, and in the two ways in which bash quotes. */
const formsOf = (text: string): string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  ...inUrl(text),
  text.replaceAll("'", String.raw`'\''`),
  text.replaceAll(/[\\'\n\r\t]/g, (character) => ANSI_C[character] as string),
];

/** Half a character has no form there. */
const inUrl = (text: string): string[] => (/\p{Surrogate}/u.test(text) ? [] : [encodeURIComponent(text)]);

/** What bash writes in $'…' for a character that would not be seen or would end it. */
const ANSI_C: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  "'": String.raw`\'`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};
