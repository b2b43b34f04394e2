/** How fast tests end, and how long the rest will take if it goes on like that. */
export interface Pace {
  /** Tests a minute. */
  readonly rate: number;
  /** Seconds; null as long as nothing has ended, of which nothing can be told. */
  readonly left: number | null;
}

/** `elapsedMs` since the suite began. A clock that goes wrong here gives no negative figures. */
export const paceOf = (done: number, total: number, elapsedMs: number): Pace => {
  const seconds = Math.max(1, elapsedMs / 1_000);
  if (done <= 0) return { rate: 0, left: null };
  return { rate: (done / seconds) * 60, left: Math.max(0, total - done) * (seconds / done) };
};

/** A time in words of at most two units: `2 h 5 min`, `40 s`. */
export const inWords = (seconds: number): string => {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
