/**
 * What a person at the terminal sees of a deployment on its way: one line for every change of a noderole, and under the
 * lines a bar. On a terminal the bar is redrawn in place; in a log it is printed when it has grown by a tenth.
 */
export type State = 'active' | 'todo' | 'transition' | 'blocked' | 'proposed' | 'error';

export interface Change {
  readonly node: string;
  readonly role: string;
  readonly from: State | null;
  readonly to: State;
  /** Why, where the system says so. */
  readonly says?: string;
}

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const BAR_CELLS = 30;
const STEPS = 10;
const CLEAR_LINE = '\r\x1b[K';

export class Progress {
  private readonly states = new Map<string, State>();
  private printedStep = -1;

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number = () => performance.now(),
    private readonly began: number = now(),
  ) {}

  /** Sets where a noderole stands before the first change is shown. */
  expect(node: string, role: string, state: State): void {
    this.states.set(`${node} ${role}`, state);
  }

  /** Prints a line above the bar. */
  say(line: string): void {
    const seconds = ((this.now() - this.began) / 1000).toFixed(1).padStart(6);
    this.terminal.write(`${this.terminal.isTTY ? CLEAR_LINE : ''}${seconds} s  ${line}\n`);
    if (this.terminal.isTTY) this.drawBar();
  }

  /** Prints what happened to a noderole and moves the bar. */
  show(change: Change): void {
    this.states.set(`${change.node} ${change.role}`, change.to);
    const arrow =
      change.from === null ? change.to.toUpperCase() : `${change.from.toUpperCase()} -> ${change.to.toUpperCase()}`;
    this.say(`${change.node.padEnd(18)} ${change.role.padEnd(22)} ${arrow}${change.says ? `: ${change.says}` : ''}`);
    if (!this.terminal.isTTY) this.printStep();
  }

  /** Leaves the bar as it is on a line of its own. */
  end(): void {
    this.terminal.write(this.terminal.isTTY ? `${CLEAR_LINE}${this.bar()}\n` : `         ${this.bar()}\n`);
  }

  /** The bar as text, for example `[#####-----] 5 of 10 active, 2 in transition`. */
  bar(): string {
    const states = [...this.states.values()];
    const count = (state: State): number => states.filter((each) => each === state).length;
    const active = count('active');
    const cells = states.length === 0 ? 0 : Math.round((active / states.length) * BAR_CELLS);
    const others = (['transition', 'todo', 'blocked', 'error'] as const)
      .filter((state) => count(state) > 0)
      .map((state) => `, ${count(state)} ${state === 'transition' ? 'in transition' : state}`);
    return `[${'#'.repeat(cells)}${'-'.repeat(BAR_CELLS - cells)}] ${active} of ${states.length} active${others.join('')}`;
  }

  private drawBar(): void {
    if (this.states.size > 0) this.terminal.write(this.bar());
  }

  private printStep(): void {
    const active = [...this.states.values()].filter((state) => state === 'active').length;
    const step = Math.floor((active / this.states.size) * STEPS);
    if (step === this.printedStep) return;
    this.printedStep = step;
    this.terminal.write(`          ${this.bar()}\n`);
  }
}
