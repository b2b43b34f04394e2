import { stateText, type Palette } from './colour.js';

/** Values as people read them in a table. Programs read JSON. */
export interface CellContext {
  readonly palette: Palette;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Nothing to show; an empty cell would look like a mistake, and would shift what `cut` and `awk` see. */
const NOTHING = '-';
/** What comes from machines may hold control characters, which a terminal would obey. */
// oxlint-disable-next-line no-control-regex -- these are the characters that are taken out
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One line of text for a value of the field `field`. */
export const cell = (field: string, value: unknown, { palette, now }: CellContext): string => {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value))
    return value.length === 0 ? NOTHING : value.map((each) => cell('', each, { palette, now })).join(',');
  if (typeof value === 'object') return harmless(JSON.stringify(value));
  if (typeof value !== 'string') return String(value);
  if (field === 'state' || field.endsWith('_state')) return stateText(harmless(value), palette);
  if (/(^|_)(at|since|until)$/.test(field) && ISO.test(value)) return age(Date.parse(value), now);
  return harmless(value);
};

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Text on one line that no terminal takes for a command. */
export const harmless = (text: string): string =>
  text.replace(CONTROL, (character) => (character === '\n' ? ' ' : '\ufffd'));

/** The same over several lines: logs and documents keep their line ends and tabs. */
export const harmlessLines = (text: string): string =>
  text.replace(CONTROL, (character) => (character === '\n' || character === '\t' ? character : '\ufffd'));

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** A span of time in its largest one or two units: `4s`, `5m12s`, `3h`, `12d`. */
export const span = (ms: number): string => {
  const at = UNITS.findIndex(([, size]) => ms >= size);
  if (at < 0) return ms > 0 ? `${Math.round(ms)}ms` : '0s';
  const [unit, size] = UNITS[at]!;
  const whole = Math.floor(ms / size);
  const next = UNITS[at + 1];
  const rest = next && whole < 10 ? Math.floor((ms - whole * size) / next[1]) : 0;
  return rest > 0 && next ? `${whole}${unit}${rest}${next[0]}` : `${whole}${unit}`;
};

/** How long ago, or `in` how long. */
export const age = (at: number, now: number): string =>
  at > now + 1_000 ? `in ${span(at - now)}` : span(Math.max(0, now - at));
