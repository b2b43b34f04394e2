import type { Json } from '../base/json.js';
import type { Attrib } from './attrib.js';
import type { AttribSources } from './layers.js';
import { resolveAttrib } from './resolve.js';

/**
 * Secrets that nobody has to think of: an attribute may say how a value for it is made where no layer has one. Which value
 * is chance, and chance is not ours; this only says what is asked for, and when.
 */
export interface Generate {
  /** Characters of `alnum` and `hex`; of `base64` the bytes before they are written as text. */
  readonly length: number;
  readonly alphabet: GenerateAlphabet;
}

/**
 * `alnum`: letters and digits of ASCII. `hex`: digits and a to f. `base64`: the alphabet of RFC 4648 §4, with padding, for
 * programs that want a key of so many bytes.
 */
export const GENERATE_ALPHABETS = ['alnum', 'hex', 'base64'] as const;
export type GenerateAlphabet = (typeof GENERATE_ALPHABETS)[number];

/** Fewer would be guessed: 16 hexadecimal digits are 64 bits of chance. */
export const GENERATE_LENGTH_MIN = 16;
/** More helps nobody, and some programs read no longer lines. */
export const GENERATE_LENGTH_MAX = 512;

/** How many characters a made value has. */
export const charactersOf = ({ length, alphabet }: Generate): number =>
  alphabet === 'base64' ? Math.ceil(length / 3) * 4 : length;

/** Whether a value is to be made: no layer says anything of the attribute, not even that there shall be none. */
export const asksToBeMade = (sources: AttribSources, attrib: Attrib): boolean => {
  if (!attrib.generate) return false;
  const { value, provenance }: { readonly value: Json | undefined; readonly provenance: readonly unknown[] } =
    resolveAttrib(sources, attrib);
  return value === undefined && provenance.length === 0;
};
