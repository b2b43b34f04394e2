/** A leader that is silent for this long has lost its lease, in milliseconds; another then plans. */
export const LEASE_MS = 6_000;

/** How often a process tries to take or renew the lease, in milliseconds. */
export const LEASE_RENEW_MS = 1_500;

/** How often the leader looks for work when nobody nudges it, in milliseconds. */
export const ANNEAL_PERIOD_MS = 1_000;

/** How often the leader throws its copy of the ready set away and reads everything again, in milliseconds. */
export const SWEEP_PERIOD_MS = 60_000;

/** Most runs that one pass hands out. */
export const RUNS_PER_PASS_MAX = 1_000;

/** Most ends of runs that one transaction writes. */
export const ENDS_PER_GROUP_MAX = 1_000;

/** Most runs that travel in one envelope. */
export const TICKETS_PER_ENVELOPE_MAX = 100;

/**
 * Envelopes that one pass makes for each worker. Taking an envelope on costs milliseconds and holds nothing up, so one is
 * enough; what is begun together also ends together more often, and shares the transaction that writes it down.
 */
export const ENVELOPES_PER_WORKER = 1;

/** How often a worker says that it lives, in milliseconds; a fraction of what rescue takes for silence. */
export const HEARTBEAT_MS = 1_000;

/** A worker that could not say that it lives for this long stops its runs itself, in milliseconds, before rescue gives them away. */
export const HEARTBEAT_LOST_MS = 8_000;

/** Runs that one worker carries out at once, at the most. */
export const RUNS_PER_WORKER_MAX = 512;

/** How long a stopping worker gives its runs to end, in milliseconds. */
export const SHUTDOWN_MS = 8_000;

/** How long an end of a run that could not be written waits before it is tried again, in milliseconds. */
export const WRITE_AGAIN_MS = 500;

/** How often a worker asks its queue how much waits there, in milliseconds: what health shows is about this old. */
export const QUEUE_LOOK_PERIOD_MS = 5_000;

/** A queue that has not said within this time how much waits in it does not answer, in milliseconds. */
export const QUEUE_ANSWER_MS_MAX = 2_000;

/** How often rescue looks, in milliseconds. */
export const RESCUE_PERIOD_MS = 1_000;

/** Pause before a re-run or a skip that the rules refused is looked at again, in milliseconds. */
export const REFUSED_PAUSE_MS = 500;

/** How old the leader's knowledge of the setting `runs_at_once_max` may be, in milliseconds. */
export const CAP_AGE_MS_MAX = 1_000;

/** How often the lines of running logs are written, in milliseconds: what a follower sees lags by this. */
export const LOG_FLUSH_MS = 200;

/** Bytes of log kept for one run; what comes after is dropped, and the log says so. */
export const LOG_BYTES_MAX = 1_048_576;

/** How often a node is looked at, in milliseconds. */
export const PROBE_PERIOD_MS = 5_000;

/** How long one look may take, in milliseconds. */
export const PROBE_DEADLINE_MS = 4_000;

/** Nodes that are looked at at the same time. */
export const PROBES_AT_ONCE_MAX = 32;

/** A node is lost when it did not answer this many times in a row. */
export const PROBE_FAILURES_MAX = 2;
