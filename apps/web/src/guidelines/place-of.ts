/** A part of a text, by the offsets of its first character and of what follows it. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Deeper than any guideline is; what nests further is not looked into. */
const DEPTH_MAX = 64;
const SCALAR = /^(true|false|null|-?\d[\d.eE+-]*)$/;

/**
 * Where in a JSON text the value stands that a pointer (RFC 6901) names, or the last of its steps that is there. Null when
 * the text is no JSON so far as it had to be read. Nothing is evaluated; it reads each character once.
 */
export const placeOf = (text: string, pointer: string): Place | null => {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at = 0;
  let found: Place | null = null;

  const blanks = (): void => {
    while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  };
  const word = (): string => {
    const from = at;
    at += 1;
    while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
    at += 1;
    try {
      return JSON.parse(text.slice(from, at)) as string;
    } catch {
      throw new NoJson();
    }
  };
  /** `step` is how many steps of the pointer lead here; -1 where they do not. */
  const value = (step: number, depth: number, from: number): void => {
    if (depth > DEPTH_MAX) throw new NoJson();
    blanks();
    const start = at;
    const opening = text.charAt(at);
    if (opening === '{' || opening === '[') {
      const closing = opening === '{' ? '}' : ']';
      at += 1;
      blanks();
      for (let number = 0; text.charAt(at) !== closing; number += 1) {
        blanks();
        const member = at;
        let name = String(number);
        if (opening === '{') {
          if (text.charAt(at) !== '"') throw new NoJson();
          name = word();
          blanks();
          if (text.charAt(at) !== ':') throw new NoJson();
          at += 1;
        }
        const leads = step >= 0 && steps[step] === name;
        value(leads ? step + 1 : -1, depth + 1, member);
        if (found && leads) return;
        blanks();
        if (text.charAt(at) === ',') at += 1;
        else if (text.charAt(at) !== closing) throw new NoJson();
        blanks();
      }
      at += 1;
    } else if (opening === '"') word();
    else {
      while (at < text.length && !',]} \t\r\n'.includes(text.charAt(at))) at += 1;
      if (!SCALAR.test(text.slice(start, at))) throw new NoJson();
    }
    // The way leads here and no further: this is the place, or the nearest to it.
    if (step >= 0 && found === null) found = { start: step === 0 ? start : from, end: at };
  };
  try {
    value(0, 0, 0);
  } catch (error) {
    if (!(error instanceof NoJson)) throw error;
  }
  return found;
};

class NoJson extends Error {}
