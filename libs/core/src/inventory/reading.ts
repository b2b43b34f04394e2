import type { Json, JsonObject } from '../base/json.js';

/**
 * Reads a document that came from outside, field by field. A field of the wrong type is a problem and counts as missing; one
 * that is missing is nothing to speak of. Nothing is larger afterwards than was allowed.
 */

/** What is wrong in a document, and where: `disks[2].bytes`. */
export interface InventoryProblem {
  readonly path: string;
  readonly says: string;
}

/** Longest text that is kept; makers' names are shorter. */
export const TEXT_LENGTH_MAX = 256;
/** Problems that are told; more say no more. */
const PROBLEMS_MAX = 50;

export class Reading {
  private constructor(
    private readonly object: JsonObject,
    readonly path: string,
    private readonly found: InventoryProblem[],
  ) {}

  /** Null for anything but an object. */
  static of(json: Json | undefined, problems: InventoryProblem[]): Reading | null {
    return isObject(json) ? new Reading(json, '', problems) : null;
  }

  problem(field: string, says: string): void {
    if (this.found.length < PROBLEMS_MAX) this.found.push({ path: this.at(field), says });
  }

  text(field: string): string | null {
    const value = this.value(field, 'string', 'a text') as string | null;
    if (value === null) return null;
    if (value.length > TEXT_LENGTH_MAX)
      this.problem(field, `is longer than ${TEXT_LENGTH_MAX} characters; the rest is left out`);
    return value.slice(0, TEXT_LENGTH_MAX) || null;
  }

  /** A whole number that is not negative. */
  count(field: string): number | null {
    const value = this.value(field, 'number', 'a number') as number | null;
    if (value === null || (Number.isSafeInteger(value) && value >= 0)) return value;
    this.problem(field, 'is no whole number of zero or more');
    return null;
  }

  flag(field: string): boolean | null {
    return this.value(field, 'boolean', 'true or false') as boolean | null;
  }

  /** The object in a field; an empty one where there is none. */
  part(field: string): Reading {
    return this.partOrNull(field) ?? new Reading({}, this.at(field), this.found);
  }

  partOrNull(field: string): Reading | null {
    const value = this.object[field];
    if (value === undefined || value === null) return null;
    if (isObject(value)) return new Reading(value, this.at(field), this.found);
    this.problem(field, 'is no object');
    return null;
  }

  /** The objects in a list. What is none is left out, and so is what is too many. */
  parts(field: string, most: number): readonly Reading[] {
    return this.list(field, most).flatMap((entry, index) => {
      if (isObject(entry)) return [new Reading(entry, `${this.at(field)}[${index}]`, this.found)];
      this.problem(`${field}[${index}]`, 'is no object');
      return [];
    });
  }

  texts(field: string, most: number): readonly string[] {
    return this.list(field, most).flatMap((entry, index) => {
      if (typeof entry === 'string' && entry !== '') return [entry.slice(0, TEXT_LENGTH_MAX)];
      this.problem(`${field}[${index}]`, 'is no text');
      return [];
    });
  }

  private list(field: string, most: number): readonly Json[] {
    const value = this.object[field];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.problem(field, 'is no list');
      return [];
    }
    if (value.length > most)
      this.problem(field, `has ${value.length} entries; all after the first ${most} are left out`);
    return (value as readonly Json[]).slice(0, most);
  }

  private value(field: string, type: 'string' | 'number' | 'boolean', words: string): Json {
    const value = this.object[field];
    if (value === undefined || value === null) return null;
    if (typeof value === type) return value;
    this.problem(field, `is not ${words}`);
    return null;
  }

  private at(field: string): string {
    return this.path === '' || field === '' ? `${this.path}${field}` : `${this.path}.${field}`;
  }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
