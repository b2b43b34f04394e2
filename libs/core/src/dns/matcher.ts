import { isRefusal, refuse, type Refusal } from '../base/refusal.js';
import type { Json } from '../base/json.js';
import type { ViewMachine } from '../boot-view/document.js';

/**
 * The language in which a name filter says which addresses it names: terms joined by commas, all of which must hold.
 *
 *     net.category == "admin", node.role has "dns-server"
 *
 * There is no "or" and no "not": two filters are an "or". A matcher without terms matches every address.
 */

/** What a matcher looks at: one address of one machine. */
export interface NamedAddress {
  readonly machine: ViewMachine;
  readonly network: string;
  readonly category: string;
  readonly range: string;
}

export type MatcherTerm =
  | {
      readonly field: 'net.category' | 'net.name' | 'range.name' | 'deployment.name' | 'node.role';
      readonly value: string;
    }
  | { readonly field: 'node.attr'; readonly attr: string; readonly value: string };

export type Matcher = readonly MatcherTerm[];

/** Longest matcher, in characters, and terms in it: each is looked at for every address. */
export const MATCHER_LENGTH_MAX = 1_000;
export const MATCHER_TERMS_MAX = 16;

const COMPARED = ['net.category', 'net.name', 'range.name', 'deployment.name'] as const;
const FIELDS = [...COMPARED, 'node.attr.NAME'];

/** Reads a matcher, or says at which character it cannot be understood, and what may stand there. */
export const parseMatcher = (text: string): Matcher | Refusal => {
  if (text.length > MATCHER_LENGTH_MAX)
    return refuse('too-large', `a matcher has at most ${MATCHER_LENGTH_MAX} characters.`, { field: 'matcher' });
  const terms: MatcherTerm[] = [];
  let at = skipSpace(text, 0);
  if (at === text.length) return terms;
  for (;;) {
    const read = readTerm(text, at);
    if (isRefusal(read)) return read;
    terms.push(read.term);
    if (terms.length > MATCHER_TERMS_MAX)
      return refuse('too-large', `a matcher has at most ${MATCHER_TERMS_MAX} terms.`, { field: 'matcher' });
    at = skipSpace(text, read.end);
    if (at === text.length) return terms;
    if (text[at] !== ',') return wrong(text, at, 'a comma and another term, or the end');
    at = skipSpace(text, at + 1);
    if (at === text.length) return wrong(text, at, 'another term after the comma');
  }
};

/** Whether all terms hold. */
export const matches = (matcher: Matcher, named: NamedAddress): boolean => matcher.every((term) => holds(term, named));

const holds = (term: MatcherTerm, { machine, network, category, range }: NamedAddress): boolean => {
  switch (term.field) {
    case 'net.category':
      return category === term.value;
    case 'net.name':
      return network === term.value;
    case 'range.name':
      return range === term.value;
    case 'deployment.name':
      return machine.deployment === term.value;
    case 'node.role':
      return machine.roles.includes(term.value);
    case 'node.attr':
      return attributeText(machine.params, term.attr) === term.value;
  }
};

/** A value as text: what is written `node.attr.rack == "7"` holds for the number 7 too. Dots lead into objects. */
const attributeText = (params: Json | undefined, path: string): string | null => {
  let value: Json | undefined = params;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return null;
    value = (value as { readonly [key: string]: Json })[key];
  }
  return typeof value === 'object' || value === undefined ? null : String(value);
};

const readTerm = (text: string, begin: number): { term: MatcherTerm; end: number } | Refusal => {
  const field = /^[a-z]+(?:\.[-\w]+)*/i.exec(text.slice(begin))?.[0];
  if (field === undefined) return wrong(text, begin, `one of ${FIELDS.join(', ')}, node.role`);
  const attr = /^node\.attr\.(.+)$/.exec(field)?.[1];
  const compared = COMPARED.find((known) => known === field);
  if (field !== 'node.role' && attr === undefined && compared === undefined)
    return wrong(text, begin, `one of ${FIELDS.join(', ')}, node.role (there is no "${field}")`);
  const operator = field === 'node.role' ? 'has' : '==';
  const operatorAt = skipSpace(text, begin + field.length);
  if (!text.startsWith(operator, operatorAt)) return wrong(text, operatorAt, `${operator} after ${field}`);
  const valueAt = skipSpace(text, operatorAt + operator.length);
  const quoted = /^"((?:[^"\\]|\\["\\])*)"/.exec(text.slice(valueAt));
  if (!quoted) return wrong(text, valueAt, 'a value in double quotes');
  const value = (quoted[1] as string).replace(/\\(.)/g, '$1');
  const end = valueAt + quoted[0].length;
  if (attr !== undefined) return { term: { field: 'node.attr', attr, value }, end };
  return { term: { field: compared ?? 'node.role', value }, end };
};

const skipSpace = (text: string, at: number): number => {
  let next = at;
  while (/\s/.test(text[next] ?? 'x')) next += 1;
  return next;
};

const wrong = (text: string, at: number, expected: string): Refusal => {
  const found = at < text.length ? `"${text.slice(at, at + 20)}"` : 'the end';
  return refuse('invalid', `the matcher has ${found} at character ${at + 1}, where ${expected} should stand.`, {
    field: 'matcher',
    at: at + 1,
  });
};
