/** Which names may be given to things. They end up in URLs, file names, tables and graphs, so few letters are allowed. */
import { NAME_LENGTH_MAX, PATH_LENGTH_MAX, SHORT_NAME_LENGTH_MAX } from '../limits.js';
import type { ProblemList } from '../problem.js';
import type { Word } from '../yaml/map-reader.js';

const ROLE_NAME = /^[A-Za-z][-_A-Za-z0-9]*$/;
const BARCLAMP_NAME = /^[A-Za-z][_A-Za-z0-9]*$/;
const MAP_SEGMENT = /^[A-Za-z0-9][-_.A-Za-z0-9]*$/;

/** Each of these is a word of the program's own addresses. */
const RESERVED_BARCLAMPS = [
  'framework',
  'api',
  'barclamp',
  'docs',
  'machines',
  'jigs',
  'roles',
  'groups',
  'users',
  'support',
  'application',
];

/** Names that mean something to JavaScript when data is merged by path. */
const TREACHEROUS = ['__proto__', 'constructor', 'prototype'];

/** True when the word can name a role, an attribute or a jig; a problem otherwise. */
export function checkName(kind: 'role' | 'attribute' | 'jig', word: Word, problems: ProblemList): boolean {
  const lengthMax = kind === 'jig' ? SHORT_NAME_LENGTH_MAX : NAME_LENGTH_MAX;
  if (fits(ROLE_NAME, word.text, lengthMax) && !TREACHEROUS.includes(word.text)) return true;
  const message = `"${word.text}" cannot be the name of ${kind === 'attribute' ? 'an' : 'a'} ${kind}`;
  problems.error(word.at, 'bad-name', message, adviceFor(word.text, '-', lengthMax));
  return false;
}

/** True when the word can name a barclamp; a problem otherwise. */
export function checkBarclampName(word: Word, problems: ProblemList): boolean {
  if (RESERVED_BARCLAMPS.includes(word.text.toLowerCase())) {
    const advice = `choose another, for example "${word.text}_site"`;
    problems.error(word.at, 'reserved-name', `"${word.text}" is a word of the program itself`, advice);
    return false;
  }
  if (fits(BARCLAMP_NAME, word.text, SHORT_NAME_LENGTH_MAX)) return true;
  const advice = adviceFor(word.text, '_', SHORT_NAME_LENGTH_MAX);
  problems.error(word.at, 'bad-name', `"${word.text}" cannot be the name of a barclamp`, advice);
  return false;
}

/** True when the text is a path `a/b/c` into layered data; a problem otherwise. */
export function checkMapPath(word: Word, problems: ProblemList): boolean {
  const segments = word.text.split('/');
  const good = segments.every((segment) => MAP_SEGMENT.test(segment) && !TREACHEROUS.includes(segment));
  if (good && word.text.length <= PATH_LENGTH_MAX) return true;
  const advice = 'write segments of letters, digits, "-", "_" and "." with "/" between them';
  problems.error(word.at, 'bad-name', `"${word.text}" is not a path`, advice);
  return false;
}

const fits = (pattern: RegExp, text: string, lengthMax: number): boolean =>
  pattern.test(text) && text.length <= lengthMax;

/** What the name would be with every forbidden letter replaced. */
function adviceFor(text: string, filler: '-' | '_', lengthMax: number): string {
  const allowed = filler === '-' ? /[^-_A-Za-z0-9]+/g : /[^_A-Za-z0-9]+/g;
  const mended = text
    .replace(allowed, filler)
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, lengthMax)
    .replace(/[-_]+$/, '');
  const rule = `a letter, then letters, digits, ${filler === '-' ? '"-" and "_"' : 'and "_"'}, at most ${lengthMax}`;
  return mended === '' ? rule : `try "${mended}": ${rule}`;
}
