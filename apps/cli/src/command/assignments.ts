import { usage } from '../exit.js';

/** A name that would reach into the prototype of an object instead of its data. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads `--set path=value` into one object: dots lead into objects, values are JSON where they are JSON and text
 * otherwise. `count=3` is a number, `name=3a` a text, `name="3"` a text too, `hints={"x":1}` an object, `note=` empty text,
 * `target=null` nothing (which takes a field away in a merge patch).
 */
export const parseAssignments = (
  texts: readonly string[],
  into: Record<string, unknown> = {},
): Record<string, unknown> => {
  for (const text of texts) {
    const [, path, value] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
    if (path === undefined || value === undefined)
      throw usage(`--set ${text} is no assignment.`, 'Write it like --set name=value.');
    const steps = path.trim().split('.');
    if (steps.some((step) => step === '' || FORBIDDEN.has(step))) throw usage(`--set ${text}: ${path} names no field.`);
    let at = into;
    for (const step of steps.slice(0, -1)) {
      const next = at[step];
      if (next !== undefined && (typeof next !== 'object' || next === null || Array.isArray(next)))
        throw usage(`--set ${text}: ${step} has a value already and cannot hold fields.`);
      at = (at[step] ??= {}) as Record<string, unknown>;
    }
    at[steps.at(-1)!] = parseValue(value);
  }
  return into;
};

/** JSON where it is JSON, else the text as it stands. */
export const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};
