/** Nodes that are worked for in one turn; the others have the next. */
export const TURNS_MAX = 8;
/** Milliseconds for one call to a cloud. */
export const CALL_DEADLINE_MS = 25_000;
/** Milliseconds for one visit to a new machine: a few accounts are tried, some commands run. */
export const VISIT_DEADLINE_MS = 60_000;
/** Milliseconds for which a turn holds its row: longer than all that one turn does. Whoever is killed lets go after it. */
export const HOLD_MS = 150_000;
/** Milliseconds until something is asked again that was not yet so, where nobody says another time. */
export const AGAIN_MS = 5_000;
/** The same after a surprise, which is logged. */
export const AFTER_SURPRISE_MS = 30_000;
/** Milliseconds for giving a node back; after it people are told what is left in the cloud. */
export const RETURN_DEADLINE_MS = 60 * 60_000;
/** Servers that are asked for, for one node: a host may be broken, a whole cloud does not get better by asking. */
export const REQUESTS_MAX = 2;
/** Answers that a report is made of. */
export const ANSWERS_MAX = 4_000;
/** Longest wish and access, in characters of JSON. */
export const DOCUMENT_LENGTH_MAX = 16_000;
