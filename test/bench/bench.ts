/** What a benchmark is, and how its figures are told (docs/benchmarks.md). */
export interface BenchResult {
  readonly metrics: Readonly<Record<string, number>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Bench {
  readonly name: string;
  readonly says: string;
  /** One round, with the peer in the same run. `args` are what stands after the name on the command line. */
  round(args: readonly string[], progress: (line: string) => void): Promise<BenchResult>;
  /** Rounds when nobody says otherwise. */
  readonly rounds: number;
}

/** The middle value, and the worst: the highest of what should be low, the lowest of what should be high. */
export const summarize = (values: readonly number[], lowIsGood: boolean): { median: number; worst: number } => {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: sorted[(sorted.length - 1) >> 1] as number,
    worst: (lowIsGood ? sorted.at(-1) : sorted[0]) as number,
  };
};

/** Times, sizes and latencies are better when low; rates and ratios when high. */
export const isLowGood = (metric: string): boolean =>
  /(_s|_ms|_mb|_kb|_percent)$/.test(metric) && !/_(per|mb)_s$/.test(metric);
