import { refuse, type Refusal } from '#core';
import type { GraphCommand, Veto } from '../ports/veto.js';

/** The first "no" of all who are asked, with the name of who said it. */
export const askVetoes = (vetoes: readonly Veto[], command: GraphCommand): Refusal | null => {
  for (const veto of vetoes) {
    const refusal = veto.check(command);
    if (refusal) return refuse('vetoed', refusal.detail, { ...refusal.fields, by: veto.name, reason: refusal.code });
  }
  return null;
};
