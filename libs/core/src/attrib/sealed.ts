import { isMap, type Json, type JsonObject } from '../base/json.js';

/**
 * What stands in the place of a value that is kept secret: `{ "$sealed": "NAME:…" }`, with the name of the attribute that
 * it belongs to and text that only holders of a key can read. To everything here it is one value like any other: it is
 * compared, merged and staged as a whole, and nobody looks into it. Whoever seals keeps the token of a value that stays the
 * same, so that two documents differ exactly where their values do.
 */
export const SEALED = '$sealed';

/** Whose value it is, and the value as it was sealed. */
export interface SealedValue {
  /** Name of the attribute. */
  readonly of: string;
  readonly text: string;
}

export const isSealed = (value: Json | undefined): boolean => readSealed(value) !== null;

/** Null when it is no sealed value. */
export const readSealed = (value: Json | undefined): SealedValue | null => {
  if (!isMap(value)) return null;
  const token = value[SEALED];
  if (typeof token !== 'string' || Object.keys(value).length !== 1) return null;
  // A name may hold colons, a sealed text none.
  const at = token.lastIndexOf(':');
  return at < 1 ? null : { of: token.slice(0, at), text: token.slice(at + 1) };
};

export const sealedValue = ({ of, text }: SealedValue): JsonObject => ({ [SEALED]: `${of}:${text}` });

/** The same value with each sealed one in it, however deep, replaced. What holds none is returned as it is. */
export const mapSealed = (value: Json, replace: (sealed: SealedValue) => Json): Json => {
  if (typeof value !== 'object' || value === null) return value;
  const sealed = readSealed(value);
  if (sealed) return replace(sealed);
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => mapSealed(item, replace));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, mapSealed(item, replace)] as const);
  return entries.some(([key, item]) => item !== (value as JsonObject)[key]) ? Object.fromEntries(entries) : value;
};

/** Whether somewhere in it stands what looks like a sealed value: nobody but us may write one. */
export const holdsSealed = (value: Json): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsSealed);
  return Object.hasOwn(value, SEALED) || Object.values(value).some(holdsSealed);
};
