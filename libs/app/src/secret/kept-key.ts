import { isRefusal, type Refusal } from '#core';
import type { SecretBox } from '../ports/secret-box.js';

/**
 * Keys that are given once and used again and again: of hooks, of DNS servers elsewhere, of clouds. In a row a sealed one begins with
 * `sealed:`; one that does not is from before there was a box, or from where there is none.
 */
export const SEALED_MARK = 'sealed:';

/** Whose key it is. */
export interface KeyPlace {
  readonly place: 'hooks' | 'dns_servers' | 'providers';
  readonly id: string;
}

/** The key as it is kept. */
export const sealKey = (box: SecretBox | undefined, key: string, whose: KeyPlace): string | Refusal => {
  if (!box) return key;
  const sealed = box.seal(key, belongsTo(whose));
  return isRefusal(sealed) ? sealed : `${SEALED_MARK}${sealed}`;
};

/** The key itself; null when this process cannot open it. */
export const openKey = (box: SecretBox | undefined, kept: string, whose: KeyPlace): string | null => {
  if (!kept.startsWith(SEALED_MARK)) return kept;
  return box?.open(kept.slice(SEALED_MARK.length), belongsTo(whose)) ?? null;
};

const belongsTo = ({ place, id }: KeyPlace): string => `${place}/${id}/key`;
