/** Colour for terminals only, and never the sole carrier of a meaning (https://no-color.org). */
export type Paint = (text: string) => string;

export interface Palette {
  readonly green: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly blue: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
}

const sgr =
  (on: number, off: number): Paint =>
  (text) =>
    `\u001b[${on}m${text}\u001b[${off}m`;
const plain: Paint = (text) => text;

const COLOURED: Palette = {
  green: sgr(32, 39),
  red: sgr(31, 39),
  yellow: sgr(33, 39),
  blue: sgr(34, 39),
  dim: sgr(2, 22),
  bold: sgr(1, 22),
};
const PLAIN: Palette = { green: plain, red: plain, yellow: plain, blue: plain, dim: plain, bold: plain };

/** Colours when the stream is a terminal and the operator has nothing against them. */
export const paletteFor = (stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Palette =>
  stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? COLOURED : PLAIN;

/** States of noderoles, nodes, runs and rollouts, by how they should strike the eye. */
const STATE_COLOURS: Readonly<Record<string, keyof Palette>> = {
  active: 'green',
  succeeded: 'green',
  done: 'green',
  committed: 'green',
  error: 'red',
  failed: 'red',
  'lost-contact': 'red',
  stopped: 'red',
  transition: 'blue',
  running: 'blue',
  waiting: 'blue',
  todo: 'yellow',
  'not-yet': 'yellow',
  paused: 'yellow',
  queued: 'yellow',
  blocked: 'dim',
  proposed: 'dim',
  cancelled: 'dim',
};

/** A state as an operator reads it: ACTIVE, BLOCKED, … */
export const stateText = (state: string, palette: Palette): string => {
  const colour = STATE_COLOURS[state.toLowerCase()];
  return colour ? palette[colour](state.toUpperCase()) : state.toUpperCase();
};
