import type { GuidelineKind, GuidelineReading } from '../guideline.js';
import { findAliasRings } from './alias-rings.js';
import type { GuidelineDocument } from './document.js';
import { findHazards } from './hazards.js';
import { GUIDELINE_BYTES_MAX } from './limits.js';
import { Notes } from './notes.js';
import { Place } from './place.js';
import { readSchema12 } from './schema-1-2.js';
import { readSchema13 } from './schema-1-3.js';
import { ADD_ON_MEMBERS, readSchema2, VERTICAL_MEMBERS } from './schema-2.js';

/**
 * Reads a guideline of any schema from 1.2 to 2.0. Lenient where published files are careless (a misspelled member, a flag
 * without a code, a capability that is described nowhere): what was bent is a warning. Strict about whatever the verdict
 * stands on: everything that is wrong is told at once, with its place. Nothing in a file is ever executed or shown as
 * markup, and no name of it becomes the member of an object.
 */
export const readGuideline = (json: unknown, options: { readonly kind?: GuidelineKind } = {}): GuidelineReading => {
  const notes = new Notes();
  findHazards(json, notes);
  if (notes.refused) return { kind: 'refused', problems: notes.allProblems() };
  const root = new Place(json, '', notes);
  if (root.members('a guideline').size === 0 && !notes.refused)
    root.problem('the file holds an empty object; import the JSON file of a guideline');
  const document = notes.refused ? null : readBySchema(root);
  if (document) findAliasRings(document.capabilities, notes);
  if (document) lookAtWords(document, notes);
  if (notes.refused || !document) return { kind: 'refused', problems: notes.allProblems() };
  return {
    kind: 'read',
    guideline: { ...document, kind: options.kind ?? kindOf(root, document) },
    warnings: notes.allWarnings(),
  };
};

/** The same from the text of a file, refused unread when it is too large or no JSON. */
export const parseGuideline = (text: string, options: { readonly kind?: GuidelineKind } = {}): GuidelineReading => {
  // A character takes at least one byte in UTF-8, so a text of more characters is too large whatever they are.
  if (text.length > GUIDELINE_BYTES_MAX)
    return refused(`the file is larger than ${GUIDELINE_BYTES_MAX} bytes; published guidelines have 160 kB`);
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return refused(`the file is no JSON (${error instanceof Error ? error.message : 'unreadable'})`);
  }
  return readGuideline(json, options);
};

/** What ends in addresses and in claims. A claim says what passed; a title may not make it say more. */
const lookAtWords = ({ id, programs }: GuidelineDocument, notes: Notes): void => {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(id))
    notes.problem('', `the id ${id} stands in addresses; make it of letters, digits, dots and dashes`);
  for (const said of [id, ...programs.map(({ title }) => title)])
    if (/certif/i.test(said))
      notes.problem(
        '',
        `"${said}" speaks of certification, which no list of tests can promise; call it something else`,
      );
};

const refused = (says: string): GuidelineReading => ({ kind: 'refused', problems: [{ at: '', says }] });

const SCHEMAS = ['1.2', '1.3', '1.4', '1.5', '1.6', '2.0'] as const;

const readBySchema = (root: Place): GuidelineDocument | null => {
  const place = root.member('schema').absent ? root.member('metadata').member('schema') : root.member('schema');
  const said = typeof place.value === 'number' ? place.value.toFixed(1) : place.value;
  if (typeof place.value === 'number') place.warn('a schema is a text; this number is read as one');
  const schema = SCHEMAS.find((known) => known === said);
  switch (schema) {
    case '1.2':
      return readSchema12(root);
    case '1.3':
    case '1.4':
    case '1.5':
    case '1.6':
      return readSchema13(root, schema);
    case '2.0':
      return readSchema2(root);
    case undefined:
      place.problem(`the file has to name its schema, one of ${SCHEMAS.join(', ')}; no other is known here`);
      return null;
  }
};

/** By its shape, where whoever imports it does not say. */
const kindOf = (root: Place, document: GuidelineDocument): GuidelineKind => {
  if (!root.member(...ADD_ON_MEMBERS).absent) return 'add-on';
  if (!root.member(...VERTICAL_MEMBERS).absent) return 'vertical';
  if (document.schema.startsWith('1.')) return 'powered';
  return document.programs.some(({ title }) => title.startsWith('OpenStack Powered ')) ? 'powered' : 'local';
};
