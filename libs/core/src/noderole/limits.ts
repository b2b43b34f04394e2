/** A run that keeps asking to be planned again (exit 75) is an error after this many times in a row: about a day at 15 minutes. */
export const NOT_YET_MAX = 100;

/** A node that keeps dropping the connection in the middle of a run, without being found dead, is an error after this many times. */
export const LOST_CONTACT_MAX = 3;

/** How long a run that lost contact waits before it is planned again, in milliseconds: time for liveness to look. */
export const LOST_CONTACT_PAUSE_MS = 10_000;

/** The longest pause between two tries of a retry policy, in milliseconds, whatever its backoff grows to. */
export const RETRY_PAUSE_MS_MAX = 3_600_000;

/** Longest status line kept beside a state, in characters; the whole text is in the run. */
export const STATUS_LENGTH_MAX = 500;
