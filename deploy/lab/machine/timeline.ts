import Table from 'cli-table3';

/**
 * When each machine reached what: the figures of a lab's last page, and of the bench. Times are milliseconds since the
 * machine's power came on; what a machine has not reached is left out, not guessed.
 */
export const MARKS = ['on', 'loader', 'discovered', 'installing', 'installed', 'joined', 'active'] as const;
export type Mark = (typeof MARKS)[number];

export class Timeline {
  private readonly times = new Map<string, Map<Mark, number>>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Writes down that a machine has reached a mark; only the first time counts. Returns whether it was the first. */
  reached(machine: string, mark: Mark): boolean {
    const times = this.times.get(machine) ?? new Map<Mark, number>();
    this.times.set(machine, times);
    if (times.has(mark)) return false;
    times.set(mark, this.now());
    return true;
  }

  has(machine: string, mark: Mark): boolean {
    return this.times.get(machine)?.has(mark) ?? false;
  }

  /** Seconds from the power to a mark; null when it was not reached. */
  seconds(machine: string, mark: Mark): number | null {
    const times = this.times.get(machine);
    const on = times?.get('on');
    const at = times?.get(mark);
    return on === undefined || at === undefined ? null : (at - on) / 1_000;
  }

  /** The table at the end: a line for each machine, what it is in front. */
  table(
    machines: readonly { readonly id: string; readonly says: readonly string[] }[],
    heads: readonly string[],
  ): string {
    const marks = MARKS.filter((mark) => mark !== 'on' && machines.some(({ id }) => this.has(id, mark)));
    const table = new Table({ head: [...heads, ...marks.map((mark) => `${mark} s`)], style: { head: [], border: [] } });
    for (const { id, says } of machines)
      table.push([...says, ...marks.map((mark) => this.seconds(id, mark)?.toFixed(0) ?? '-')]);
    return table.toString();
  }
}
