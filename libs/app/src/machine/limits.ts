/** What bounds machines that speak for themselves, and why. */

/** Milliseconds for which a machine that lost the answer may ask the same again. */
export const REPEAT_MS_MAX = 60_000;
/** Answers to one ticket: the first, and the one that replaces it. */
export const ANSWERS_MAX = 2;
/** How often an enrolment begins anew when somebody makes or deletes the node meanwhile. */
export const ATTEMPTS_MAX = 3;
/** Longest SSH host key, as in known_hosts: an RSA key of 16,384 bits and its type. */
export const HOST_KEY_LENGTH_MAX = 4_000;
