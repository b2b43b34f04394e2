import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addOnGuideline, guidelineOfSchema12, guidelineOfSchema13, guidelineOfSchema20 } from '#testkit';
import { fits } from '../fits.js';
import type { GuidelineReading } from '../guideline.js';
import { parseGuideline, readGuideline } from './read-guideline.js';

const documents = [guidelineOfSchema12(), guidelineOfSchema13('1.4'), guidelineOfSchema20(), addOnGuideline()];

describe('whatever a file holds', () => {
  it('any JSON at all is read or refused with reasons, and nothing is thrown', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (json) => sound(readGuideline(json))));
  });

  it('a guideline with any one value replaced by another is read or refused with reasons, and can be judged if read', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.nat(),
        fc.oneof(
          fc.jsonValue({ maxDepth: 2 }),
          fc.constant(undefined),
          fc.constantFrom('core', 'boot', 'tokens', '2.0', 1.2),
        ),
        (document, at, value) => {
          const reading = readGuideline(replaced(document, at, value));
          sound(reading);
          if (reading.kind === 'read') expect(fits({ guidelines: [reading.guideline], runs: [[]] })).toBeDefined();
        },
      ),
      { numRuns: 400 },
    );
  });

  it('a file cut anywhere is refused', () => {
    const text = JSON.stringify(guidelineOfSchema20());
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), (length) => {
        expect(parseGuideline(text.slice(0, length)).kind).toBe('refused');
      }),
    );
  });

  it('what is read twice is the same', () => {
    for (const document of documents) expect(readGuideline(document)).toEqual(readGuideline(structuredClone(document)));
  });
});

const sound = (reading: GuidelineReading): void => {
  if (reading.kind === 'read') {
    expect(reading.guideline.programs.length).toBeGreaterThan(0);
    for (const { capabilities } of reading.guideline.programs)
      for (const name of capabilities.keys()) expect(reading.guideline.capabilities.has(name)).toBe(true);
  } else {
    expect(reading.problems.length).toBeGreaterThan(0);
    for (const { says } of reading.problems) expect(says).not.toBe('');
  }
};

/** The document with the value at one of its places, counted from the outside in, replaced; `undefined` takes it out. */
const replaced = (document: unknown, at: number, value: unknown): unknown => {
  const copy: unknown = structuredClone(document);
  const places: (() => void)[] = [];
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const [name, member] of Object.entries(holder)) {
      places.push(() => {
        if (value === undefined && !Array.isArray(holder)) delete (holder as Record<string, unknown>)[name];
        else (holder as Record<string, unknown>)[name] = value;
      });
      visit(member);
    }
  };
  visit(copy);
  places[at % places.length]?.();
  return copy;
};
