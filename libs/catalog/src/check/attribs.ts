/** Schemas that are schemas, defaults that fit them, and role data that fits them too. */
import { charactersOf, type Json, type JsonObject } from '#core';
import type { AttribDraft, BarclampDraft, RoleDraft } from '../draft.js';
import type { ProblemList } from '../problem.js';
import { locate } from '../yaml/tree.js';
import { attribsOf } from './owners.js';
import { checkValue, compileSchema } from './schemas.js';

export function checkAttribs(draft: BarclampDraft, problems: ProblemList): void {
  const rolesByAttrib = new Map(draft.roles.flatMap((role) => role.attribs.map((attrib) => [attrib, role] as const)));
  for (const attrib of attribsOf(draft)) checkAttrib(attrib, rolesByAttrib.get(attrib), draft.format, problems);
}

function checkAttrib(
  attrib: AttribDraft,
  role: RoleDraft | undefined,
  format: BarclampDraft['format'],
  problems: ProblemList,
): void {
  const name = attrib.name?.text ?? '?';
  checkGenerate(attrib, role, problems);
  if (attrib.writable === true && !attrib.schema) {
    const message = `the attribute "${name}" is writable and has no schema`;
    problems.error(
      attrib.at,
      'missing-key',
      message,
      'add "schema: { type: string }", or "schema: true" for any value',
    );
  }
  if (!attrib.schema) return;
  const validate = compileSchema(attrib.schema.value, attrib.schema.tree, `the attribute "${name}"`, problems);
  if (!validate) return;

  if (attrib.default) {
    const what = `the default of "${name}"`;
    if (format === 'anneal') checkValue(validate, attrib.default.value, attrib.default.tree, what, problems);
    else if (!validate(attrib.default.value)) {
      // The original never looked: many of its defaults break their own schema and still served.
      problems.warn(attrib.default.tree.at, 'bad-default', `${what} does not fit its own schema`);
    }
  }
  const path = attrib.map?.text ?? name;
  const given = role?.template && valueAt(role.template.value, path);
  if (role?.template && given !== undefined) {
    const what = `"${path}" in the template of role "${role.name?.text}"`;
    checkValue(validate, given, locate(role.template.tree, `/${path}`), what, problems);
  }
}

/** A value that is made must be wanted by a role, be a secret, have no default beside it, and fit. */
function checkGenerate(attrib: AttribDraft, role: RoleDraft | undefined, problems: ProblemList): void {
  const { generate } = attrib;
  if (!generate) return;
  const name = attrib.name?.text ?? '?';
  const wrong = (message: string, advice: string): void =>
    problems.error(generate.at, 'wrong-value', `the attribute "${name}" ${message}`, advice);
  if (!attrib.secret) wrong('has "generate" and is no secret', 'add "secret: true", or give it a default');
  if (!role) wrong('has "generate" and belongs to no role', 'move it to the role whose nodes shall share the value');
  if (attrib.default) wrong('has both "generate" and "default"', 'leave one of them out');
  if (!attrib.schema) return;
  const validate = compileSchema(attrib.schema.value, attrib.schema.tree, `the attribute "${name}"`, problems);
  if (!validate) return;
  const { alphabet } = generate.value;
  const characters = charactersOf(generate.value);
  if (!validate(SAMPLES[alphabet].repeat(characters).slice(0, characters)))
    wrong(
      `does not take what "generate" makes: ${characters} characters of ${alphabet}`,
      'give it a schema of type string that takes them',
    );
}

/** Some of what each alphabet has. */
const SAMPLES = { alnum: 'aZ9', hex: 'a9', base64: 'aZ9+' } as const;

/** The value at a path `a/b/c`; undefined where the path leads nowhere. */
function valueAt(data: Json, path: string): Json | undefined {
  let here: Json | undefined = data;
  for (const key of path.split('/')) {
    if (typeof here !== 'object' || here === null || Array.isArray(here) || !Object.hasOwn(here, key)) return undefined;
    here = (here as JsonObject)[key];
  }
  return here;
}
