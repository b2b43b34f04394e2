import { FitAddon } from '@xterm/addon-fit';
import { Terminal, type IDecoration } from '@xterm/xterm';
import { harmless, type LogLine } from './log-line';

/**
 * The lines of a log in a terminal, each behind its number. The number is how a line is found again: what is in view is
 * wrapped anew with every width, and the oldest lines leave it.
 */
export interface LogTerminal {
  write(line: LogLine): void;
  /** Calls back when all that was written is in view. */
  settled(then: () => void): void;
  /** Scrolls to a line and marks it, and selects a text in it. False when it is not in view any more, or not yet. */
  show(line: number, text?: string): boolean;
  toEnd(): void;
  dispose(): void;
}

/** Lines that can be scrolled back; the whole log can be downloaded. */
const SCROLLBACK = 50_000;
const ROWS = 24;
/** Places for the number of a line; longer ones push the rest. */
const NUMBER_WIDTH = 5;
const TIME_WIDTH = 8;
/** Rows that are seen above a line that was gone to. */
const ROWS_ABOVE = 4;
/** What a colour has to differ from what is behind it at least, as WCAG 2.2 AA has it. */
const CONTRAST_MIN = 4.5;
const MARK = '#5c4a00';
/** How a line looks by where it came from: what the program says, what it complains of, what Anneal says. */
const LOOKS: Readonly<Record<LogLine['stream'], readonly [before: string, after: string]>> = {
  out: ['', ''],
  err: ['\u001b[33m', '\u001b[0m'],
  anneal: ['\u001b[36m', '\u001b[0m'],
};

/** `onNumber` hears of the numbers that are clicked on. */
export const logTerminal = (box: HTMLElement, onNumber: (line: number) => void): LogTerminal => {
  const terminal = new Terminal({
    rows: ROWS,
    scrollback: SCROLLBACK,
    convertEol: true,
    disableStdin: true,
    screenReaderMode: true,
    minimumContrastRatio: CONTRAST_MIN,
    // Decorations are what a line is marked with.
    allowProposedApi: true,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(box);
  fit.fit();
  let marks: IDecoration[] = [];
  let marked: number | null = null;
  /** A line that is to be shown where it cannot be yet, for want of lines below it. */
  let held: number | null = null;

  const numberAt = (row: number): number | null => {
    const line = terminal.buffer.active.getLine(row);
    if (!line || line.isWrapped) return null;
    const number = /^ *(\d+) /.exec(line.translateToString(false, 0, NUMBER_WIDTH * 2))?.[1];
    return number === undefined ? null : Number(number);
  };
  /** The first row of a line. Numbers grow from row to row, so halves are looked at. */
  const rowOf = (wanted: number): number | null => {
    let [low, high] = [0, terminal.buffer.active.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      let row = middle;
      while (row > low && terminal.buffer.active.getLine(row)?.isWrapped) row -= 1;
      const number = numberAt(row);
      if (number === wanted) return row;
      // What is empty stands below all lines; what is a rest of a line that has left stands above them.
      const isAbove = number === null ? terminal.buffer.active.getLine(row)?.isWrapped === true : number < wanted;
      if (isAbove) low = middle + 1;
      else high = row - 1;
    }
    return null;
  };
  const mark = (row: number): void => {
    for (const each of marks) each.dispose();
    marks = [];
    const { baseY, cursorY } = terminal.buffer.active;
    for (let at = row; at === row || terminal.buffer.active.getLine(at)?.isWrapped; at += 1) {
      const marker = terminal.registerMarker(at - baseY - cursorY);
      const made = terminal.registerDecoration({ marker, width: terminal.cols, backgroundColor: MARK });
      if (made) marks.push(made);
    }
  };
  const place = (): void => {
    const row = held === null ? null : rowOf(held);
    if (row === null) return;
    const top = Math.max(0, row - ROWS_ABOVE);
    // What is scrolled up from the end stays there when lines come.
    terminal.scrollToBottom();
    terminal.scrollToLine(top);
    if (top < terminal.buffer.active.baseY) held = null;
  };
  const show = (line: number, text?: string): boolean => {
    const row = rowOf(line);
    if (row === null) return false;
    marked = line;
    mark(row);
    terminal.clearSelection();
    held = line;
    place();
    if (text) selectIn(row, line, text);
    return true;
  };
  const selectIn = (row: number, line: number, text: string): void => {
    let whole = '';
    for (let at = row; at === row || terminal.buffer.active.getLine(at)?.isWrapped; at += 1)
      whole += terminal.buffer.active.getLine(at)?.translateToString(false) ?? '';
    const from = whole.toLowerCase().indexOf(text.toLowerCase(), prefixOf(line).length);
    if (from >= 0) terminal.select(from % terminal.cols, row + Math.floor(from / terminal.cols), text.length);
  };

  terminal.registerLinkProvider({
    provideLinks: (y, tell) => {
      const number = numberAt(y - 1);
      if (number === null) return tell(undefined);
      const end = Math.max(NUMBER_WIDTH, String(number).length);
      tell([
        {
          range: { start: { x: end - String(number).length + 1, y }, end: { x: end, y } },
          text: String(number),
          activate: () => onNumber(number),
        },
      ]);
    },
  });
  terminal.onWriteParsed(place);
  const letGo = (): void => void (held = null);
  box.addEventListener('wheel', letGo, { passive: true });
  const observer = new ResizeObserver(() => {
    fit.fit();
    if (marked === null) return;
    const row = rowOf(marked);
    if (row !== null) mark(row);
  });
  observer.observe(box);

  return {
    write: (line) => terminal.writeln(drawn(line)),
    settled: (then) => terminal.write('', then),
    show,
    toEnd: () => {
      letGo();
      terminal.scrollToBottom();
    },
    dispose: () => {
      observer.disconnect();
      box.removeEventListener('wheel', letGo);
      terminal.dispose();
    },
  };
};

const prefixOf = (line: number): string => `${String(line).padStart(NUMBER_WIDTH)} ${' '.repeat(TIME_WIDTH)} `;

const drawn = ({ line, at, stream, text }: LogLine): string => {
  const [before, after] = LOOKS[stream] ?? LOOKS.out;
  const number = String(line).padStart(NUMBER_WIDTH);
  return `\u001b[90m${number} ${at.slice(11, 11 + TIME_WIDTH)}\u001b[0m ${before}${harmless(text)}${after}`;
};
