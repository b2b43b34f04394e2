/** What bounds the boot HTTP server, and why. */

/** Each has a socket and a stream. A rack that boots at once opens a few a machine. */
export const CONNECTIONS_MAX = 4_000;
/** A request is one line and a few headers; firmware sends them at once. */
export const HEADERS_MS_MAX = 10_000;
export const REQUEST_MS_MAX = 30_000;
/** Between two requests of one machine; iPXE opens a new connection anyhow. */
export const KEEP_ALIVE_MS = 5_000;
/** Without a byte taken by the client: it was switched off in the middle of an image. */
export const STALLED_MS_MAX = 60_000;
/** When it stops: what is under way may end, and no longer. */
export const DRAIN_MS_MAX = 2_000;
/** Files up to here are read at once, larger ones as a stream. */
export const WHOLE_BYTES_MAX = 2 * 2 ** 20;
/** One read of a stream: large, because each costs a turn of the event loop. */
export const STREAM_BYTES = 1 * 2 ** 20;

/**
 * How long a boot file that nginx sends is taken to be where it was found: a rack asks for one loader at once. What was
 * put in its place is sent from then on all the same, because nginx opens it each time.
 */
export const FOUND_MS = 1_000;
export const FOUND_MAX = 1_000;

/** A machine fetches its secret files within minutes of its script; an installer on a slow disk within the hour. */
export const NONCE_MS_MAX = 60 * 60_000;
/** Of all machines together; beyond it the oldest are forgotten, and those machines boot once more. */
export const NONCES_MAX = 100_000;
/** Lines of the journal beyond those that still count, before it is written anew. */
export const JOURNAL_SLACK_MAX = 10_000;
