import { GUIDELINE_NAME_CHARS_MAX, GUIDELINE_TEXT_CHARS_MAX } from './limits.js';
import { pointTo, type Notes } from './notes.js';

/**
 * A value of the file together with where it stands, so that whatever asks for it in the wrong shape tells the place and
 * what to do. A place whose value is `undefined` is absent; asking an absent one for something optional is no fault.
 */
export class Place {
  constructor(
    readonly value: unknown,
    readonly at: string,
    private readonly notes: Notes,
  ) {}

  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The first of these members that is there; absent when none is, or when this is no object. */
  member(...names: readonly string[]): Place {
    const found = names.find((name) => isObject(this.value) && Object.hasOwn(this.value, name));
    const name = found ?? names[0] ?? '';
    return new Place(
      found === undefined ? undefined : (this.value as Members)[found],
      pointTo(this.at, name),
      this.notes,
    );
  }

  /** Its members by name; none, and a problem, when it is no object. */
  members(what: string): ReadonlyMap<string, Place> {
    if (!isObject(this.value)) {
      this.wrong(what, 'an object');
      return new Map();
    }
    return new Map(
      Object.entries(this.value).map(([name, value]) => [name, new Place(value, pointTo(this.at, name), this.notes)]),
    );
  }

  /** Its items; none when it is absent, none and a problem when it is no list or longer than `max`. */
  items(what: string, max: number): readonly Place[] {
    if (this.absent) return [];
    if (!Array.isArray(this.value)) {
      this.wrong(what, 'a list');
      return [];
    }
    if (this.value.length > max) {
      this.problem(`${what}: ${this.value.length} of them; at most ${max} are read here, split the file`);
      return [];
    }
    return this.value.map((value, index) => new Place(value, pointTo(this.at, index), this.notes));
  }

  /** A name that other parts of the file, a load list or a URL refer to: one line, not empty. */
  name(what: string): string | null {
    if (typeof this.value !== 'string') {
      this.wrong(what, 'a text');
      return null;
    }
    const fault = faultOfName(this.value);
    if (fault) this.problem(`${what} ${fault}`);
    return fault ? null : this.value;
  }

  /** Names without repeats. */
  names(what: string, max: number): readonly string[] {
    const names = new Set<string>();
    for (const item of this.items(what, max)) {
      const name = item.name(what);
      if (name === null) continue;
      if (names.has(name)) item.warn(`${what} ${name} stands here twice; it is read once`);
      names.add(name);
    }
    return [...names];
  }

  /** Prose, as it is: nothing in it is ever interpreted. Null when absent or empty. */
  text(what: string): string | null {
    if (this.absent || this.value === '') return null;
    if (typeof this.value !== 'string') {
      this.wrong(what, 'a text');
      return null;
    }
    if (this.value.length > GUIDELINE_TEXT_CHARS_MAX) {
      this.problem(`${what}: ${this.value.length} characters; shorten it to ${GUIDELINE_TEXT_CHARS_MAX}`);
      return null;
    }
    return this.value;
  }

  /** Warns of members that no schema has: they stay in the raw file and mean nothing here. */
  expectOnly(what: string, names: readonly string[]): void {
    if (!isObject(this.value)) return;
    for (const name of Object.keys(this.value))
      if (!names.includes(name)) this.member(name).warn(`${what} has no member of this name; it is left out`);
  }

  problem(says: string): void {
    this.notes.problem(this.at, says);
  }

  warn(says: string): void {
    this.notes.warn(this.at, says);
  }

  private wrong(what: string, wanted: string): void {
    this.problem(`${what} has to be ${wanted}, and is ${shapeOf(this.value)}`);
  }
}

/** Why a text cannot be a name, or null. Markup is allowed: a name is shown as text, never as markup. */
export const faultOfName = (text: string): string | null => {
  if (text.length === 0) return 'is empty; give it a name';
  if (text.length > GUIDELINE_NAME_CHARS_MAX)
    return `has ${text.length} characters; shorten it to ${GUIDELINE_NAME_CHARS_MAX}`;
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return 'holds a line break or another control character; take it out';
  if (text.trim() !== text) return 'begins or ends with a space; take it away';
  return null;
};

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shapeOf = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'a text';
  return `a ${typeof value}`;
};
