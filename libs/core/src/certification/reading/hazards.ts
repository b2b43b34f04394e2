import { GUIDELINE_NAME_CHARS_MAX, GUIDELINE_NESTING_MAX, GUIDELINE_VALUES_MAX } from './limits.js';
import { pointTo, type Notes } from './notes.js';

/**
 * Looks a whole document over before anything is made of it: how deep, how large, and whether it holds what a database,
 * or a program that turns names into members of objects, would choke on. Walks without recursion, and so ends on a
 * document that contains itself as well: that one is too deep.
 */
export const findHazards = (document: unknown, notes: Notes): void => {
  const waiting: Waiting[] = [{ value: document, at: '', depth: 0 }];
  let values = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (++values > GUIDELINE_VALUES_MAX) {
      notes.problem('', `more than ${GUIDELINE_VALUES_MAX} values; split the file`);
      return;
    }
    const { value, at, depth } = next;
    if (typeof value === 'string') lookAtText(value, at, 'the text', notes);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= GUIDELINE_NESTING_MAX) {
      notes.problem(at, `nested deeper than ${GUIDELINE_NESTING_MAX} levels; no schema of a guideline goes that far`);
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      // Told before the name becomes part of every pointer below it.
      if (name.length > GUIDELINE_NAME_CHARS_MAX) {
        const says = `a name here has ${name.length} characters; shorten it to ${GUIDELINE_NAME_CHARS_MAX}`;
        notes.problem(pointTo(at, `${name.slice(0, 50)}…`), says);
        continue;
      }
      const place = pointTo(at, name);
      if (name === '__proto__')
        notes.problem(place, 'a member may not be called __proto__; no test or capability is, take it out');
      lookAtText(name, place, 'the name', notes);
      waiting.push({ value: member, at: place, depth: depth + 1 });
    }
  }
};

interface Waiting {
  readonly value: unknown;
  readonly at: string;
  readonly depth: number;
}

/** What JSON can spell and a database of text cannot keep: the character NUL, and half a surrogate pair. */
const lookAtText = (text: string, at: string, what: string, notes: Notes): void => {
  if (text.includes('\0')) notes.problem(at, `${what} holds the character NUL; take it out`);
  if (/\p{Surrogate}/u.test(text)) notes.problem(at, `${what} holds half a character (a lone surrogate); take it out`);
};
