/** How much of anything a barclamp may hold. Real ones are far below; what is above is a mistake or an attack. */

/** `barclamp.yml`: the largest one known of the original has 40 KiB. */
export const DOCUMENT_BYTES_MAX = 1024 * 1024;
/** One script or playbook; it is sent to a node in each run. */
export const SCRIPT_BYTES_MAX = 256 * 1024;
/** All files together, before and after unpacking: bounds what an upload can make the server hold. */
export const BARCLAMP_BYTES_MAX = 16 * 1024 * 1024;
export const FILES_MAX = 2_000;
/** Items of one list: the roles of a barclamp, the attributes of a role, the names in `requires`. */
export const LIST_MAX = 500;
/** Values in the document after its aliases are followed: a few lines of nested aliases would make billions. */
export const VALUES_MAX = 100_000;
/** Nesting of the document; a JSON Schema that people can read stays below 20. */
export const DEPTH_MAX = 64;
/** Aliases (`*name`) in one document. */
export const ALIASES_MAX = 1_000;
/** Names show up in file names, hosts' logs and table columns. */
export const NAME_LENGTH_MAX = 128;
/** Barclamps and jigs are few, and stand in addresses beside other names. */
export const SHORT_NAME_LENGTH_MAX = 63;
export const PATH_LENGTH_MAX = 255;
export const RETRIES_MAX = 100;
/** A day: whoever waits longer wants a schedule. */
export const BACKOFF_SECONDS_MAX = 86_400;
/** A week. */
export const TIMEOUT_SECONDS_MAX = 604_800;
export const PRIORITY_MAX = 1_000;
/** A subscriber of events that takes longer than this is answered for by a retry. */
export const HOOK_DEADLINE_SECONDS_MAX = 300;
export const HOOK_DEADLINE_SECONDS_DEFAULT = 10;
