import { OPERATORS, type Condition, type ListQuery, type Operator, type SortKey } from '#app';
import type { ListParameters } from '#api-types';
import { refuse } from '#core';
import { Refused } from './refused.js';

/**
 * Reads the parameters of a list. A filter is `field operator value` joined with `and`; values with blanks, commas or
 * parentheses stand in double quotes, in which `\"` and `\\` mean themselves. What the fields are, and what can be compared
 * with what, the store knows: it is asked next, and everything that was written here reaches it as a value.
 */
export const readListQuery = (query: ListParameters): ListQuery => ({
  ...(query.limit === undefined ? {} : { limit: Number(query.limit) }),
  ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
  ...(query.filter === undefined ? {} : { filter: readFilter(query.filter) }),
  ...(query.sort === undefined ? {} : { sort: readSort(query.sort) }),
});

const readSort = (sort: string): SortKey[] =>
  sort.split(',').map((part) => {
    const field = part.trim();
    return field.startsWith('-') ? { field: field.slice(1), descending: true } : { field };
  });

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly at: number;
}

export const readFilter = (filter: string): Condition[] => {
  const tokens = tokensOf(filter);
  const conditions: Condition[] = [];
  for (let next = 0; ;) {
    const [field, operator] = [tokens[next], tokens[next + 1]];
    if (!field || field.quoted) throw unreadable(filter, field, 'the name of a field');
    if (!operator || operator.quoted || !OPERATORS.includes(operator.text as Operator))
      throw unreadable(filter, operator, `an operator (${OPERATORS.join(', ')})`);
    const read = operator.text === 'in' ? readValues(filter, tokens, next + 2) : readValue(filter, tokens, next + 2);
    conditions.push({ field: field.text, operator: operator.text as Operator, value: read.value });
    next = read.next;
    const joined = tokens[next];
    if (!joined) return conditions;
    if (joined.quoted || joined.text.toLowerCase() !== 'and')
      throw unreadable(filter, joined, '"and", or nothing more');
    next += 1;
  }
};

const isMark = (token: Token): boolean => !token.quoted && /^[(),]$/.test(token.text);

const readValue = (filter: string, tokens: readonly Token[], at: number): { value: string; next: number } => {
  const token = tokens[at];
  if (!token || isMark(token)) throw unreadable(filter, token, 'a value');
  return { value: token.text, next: at + 1 };
};

const readValues = (filter: string, tokens: readonly Token[], at: number): { value: string[]; next: number } => {
  if (tokens[at]?.text !== '(' || tokens[at]?.quoted) throw unreadable(filter, tokens[at], '"(" and a list of values');
  const value: string[] = [];
  for (let next = at + 1; ;) {
    const read = readValue(filter, tokens, next);
    value.push(read.value);
    const mark = tokens[read.next];
    if (!mark || mark.quoted || (mark.text !== ',' && mark.text !== ')')) throw unreadable(filter, mark, '"," or ")"');
    if (mark.text === ')') return { value, next: read.next + 1 };
    next = read.next + 1;
  }
};

/** Quoted text, marks, or whatever stands between blanks and marks. */
const TOKEN = /\s*(?:"((?:[^"\\]|\\["\\])*)"|([(),])|([^\s(),"]+))/y;

const tokensOf = (filter: string): Token[] => {
  const tokens: Token[] = [];
  const text = filter.trimEnd();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length;) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw unreadable(filter, { text: text.slice(at, at + 20), quoted: false, at }, 'a closing quote');
    const [, quoted, mark, word] = match;
    tokens.push({
      text: quoted === undefined ? (mark ?? word ?? '') : quoted.replace(/\\(["\\])/g, '$1'),
      quoted: quoted !== undefined,
      at,
    });
  }
  return tokens;
};

const unreadable = (filter: string, found: Token | undefined, wanted: string): Refused => {
  const where = found ? `at character ${found.at + 1} stands ${JSON.stringify(found.text.slice(0, 40))}` : 'it ends';
  return new Refused(
    refuse(
      'invalid',
      `the filter cannot be read: ${where} where ${wanted} is expected. Example: state eq error and name contains "web".`,
      {
        errors: [
          {
            in: 'query',
            at: '/filter',
            says: `${wanted} is expected at character ${found ? found.at + 1 : filter.length + 1}`,
          },
        ],
      },
    ),
  );
};
