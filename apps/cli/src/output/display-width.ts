import { stripVTControlCharacters } from 'node:util';

const PLAIN = /^[\u0020-\u007e]*$/;
/** Marks that stand on the character before them. */
const MARK = /^\p{M}$/u;
/** Two columns wide in a terminal (Unicode Standard Annex 11: Wide and Fullwidth; emoji). */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u;

/** How many columns of a terminal a text takes. Colours take none. */
export const displayWidth = (text: string): number => {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of stripVTControlCharacters(text))
    width += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
};
