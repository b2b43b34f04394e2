import { HIDDEN, hideSecrets } from '#app';
import type { Json, JsonObject } from '#core';

/** A barclamp's document for people to read: defaults of secret attributes, and what templates hold in their place, are hidden. */
export const withoutSecrets = (document: JsonObject): JsonObject => ({
  ...document,
  ...('attribs' in document ? { attribs: listIn(document, 'attribs').map(hideDefault) } : {}),
  ...('roles' in document ? { roles: listIn(document, 'roles').map(roleWithoutSecrets) } : {}),
});

const roleWithoutSecrets = (role: Json): Json => {
  if (!isObject(role)) return role;
  const [attribs, outputs] = [listIn(role, 'attribs'), listIn(role, 'outputs')];
  const paths = [...attribs, ...outputs].filter(isSecret).flatMap(({ map }) => (typeof map === 'string' ? [map] : []));
  return {
    ...role,
    attribs: attribs.map(hideDefault),
    outputs: outputs.map(hideDefault),
    ...(isObject(role['template']) ? { template: hideSecrets(role['template'], paths) } : {}),
  };
};

const hideDefault = (attrib: Json): Json =>
  isSecret(attrib) && 'default' in attrib ? { ...attrib, default: HIDDEN } : attrib;

const isSecret = (attrib: Json): attrib is JsonObject => isObject(attrib) && attrib['secret'] === true;
const listIn = (object: JsonObject, name: string): readonly Json[] => (Array.isArray(object[name]) ? object[name] : []);
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
