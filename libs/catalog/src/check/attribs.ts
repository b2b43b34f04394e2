/** Schemas that are schemas, defaults that fit them, and role data that fits them too. */
import type { Json, JsonObject } from '#core';
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

/** The value at a path `a/b/c`; undefined where the path leads nowhere. */
function valueAt(data: Json, path: string): Json | undefined {
  let here: Json | undefined = data;
  for (const key of path.split('/')) {
    if (typeof here !== 'object' || here === null || Array.isArray(here) || !Object.hasOwn(here, key)) return undefined;
    here = (here as JsonObject)[key];
  }
  return here;
}
