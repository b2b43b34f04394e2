import { invariant, isRefusal, placeAttrib, type Attrib } from '#core';
import type { DeclaredAttrib } from '../ports/attrib-store.js';

/** A declared attribute with its path taken apart. Paths were checked when they were imported. */
export const placed = (declared: DeclaredAttrib): Attrib => {
  const attrib = placeAttrib(declared);
  invariant(!isRefusal(attrib), `attribute ${declared.name} was imported with the path ${declared.map}`);
  return attrib;
};
