/**
 * Markup that is made of parts. Whatever is put into a template is text and is escaped, unless a template made it: names of
 * tests, reasons and notes come from files and clouds of anybody, and none of them may become a tag.
 */
export interface Markup {
  readonly markup: string;
}

export type Part = string | number | Markup | null | readonly Part[];

/** `markup`<td>${name}</td>`` */
export const markup = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: strings.reduce((text, piece, index) => text + piece + written(parts[index] ?? null), ''),
});

const written = (part: Part): string => {
  if (part === null) return '';
  if (typeof part === 'string') return escapeMarkup(part);
  if (typeof part === 'number') return String(part);
  return isMarkup(part) ? part.markup : part.map(written).join('');
};

const isMarkup = (part: Markup | readonly Part[]): part is Markup => 'markup' in part;

/**
 * For text and for attributes in double quotes, of HTML and of XML. Characters that XML 1.0 §2.2 does not have, and halves of
 * surrogate pairs, are shown as what they are: something that cannot be shown.
 */
export const escapeMarkup = (text: string): string =>
  text.replace(UNSHOWABLE, '\ufffd').replace(/[&<>"']/g, (character) => ESCAPES[character] as string);

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const UNSHOWABLE = /[\p{Surrogate}\ufffe\uffff]|(?![\t\n\r])\p{Cc}/gu;
