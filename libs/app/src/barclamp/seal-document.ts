import { isRefusal, type JsonObject, type Refusal } from '#core';
import type { SealedAttribs } from '../attrib/sealed-attribs.js';
import type { AttribDocument, BarclampDocument, RoleDocument } from './document.js';

/** What is kept of each role's data, by name of role: as it is now, and as its barclamp had it. */
export type Templates = ReadonlyMap<string, { readonly stored: JsonObject; readonly imported: JsonObject }>;

/**
 * A barclamp's document with its secrets sealed: defaults of secret attributes, and what the data of roles holds in their
 * places. They are no great secrets, since they stand in a file; in the database they are kept like any other. The data of
 * roles is compared with what was imported before, so what is kept of it is sealed along, with the same tokens.
 */
export const sealDocument = (
  sealed: SealedAttribs | undefined,
  document: BarclampDocument,
  templates: Templates,
): { readonly document: BarclampDocument; readonly templates: Templates } | Refusal => {
  if (!sealed) return { document, templates };
  const kept = new Map<string, { stored: JsonObject; imported: JsonObject }>(templates);
  const roles: RoleDocument[] = [];
  for (const role of document.roles) {
    const attribs = sealDefaults(sealed, role.attribs);
    if (isRefusal(attribs)) return attribs;
    const declared = role.attribs.map(declaredOf);
    const before = templates.get(role.name);
    const imported = sealed.seal(before?.imported ?? {}, declared, [before?.stored ?? null]);
    if (isRefusal(imported)) return imported;
    const stored = sealed.seal(before?.stored ?? {}, declared, [imported]);
    if (isRefusal(stored)) return stored;
    const template = sealed.seal(role.template, declared, [stored, imported]);
    if (isRefusal(template)) return template;
    if (before) kept.set(role.name, { stored, imported });
    roles.push({ ...role, attribs, template });
  }
  const attribs = sealDefaults(sealed, document.attribs);
  return isRefusal(attribs) ? attribs : { document: { ...document, roles, attribs }, templates: kept };
};

const declaredOf = ({ name, map, secret = false }: AttribDocument) => ({ name, map, secret });

const sealDefaults = (sealed: SealedAttribs, attribs: readonly AttribDocument[]): AttribDocument[] | Refusal => {
  const done: AttribDocument[] = [];
  for (const attrib of attribs) {
    const value =
      attrib.secret && attrib.default !== undefined ? sealed.sealValue(attrib.name, attrib.default) : undefined;
    if (isRefusal(value)) return value;
    done.push(value === undefined ? attrib : { ...attrib, default: value });
  }
  return done;
};
