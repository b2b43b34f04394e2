/** How often a netboot server says that it lives, in milliseconds. */
export const BEAT_PERIOD_MS = 5_000;
/** One of which nothing was heard for so long, in milliseconds, is silent: three beats are missing. */
export const SILENT_AFTER_MS = 16_000;
/** How often a server that stands by looks whether it is needed, in milliseconds. */
export const STAND_BY_LOOK_MS = 5_000;
/** Rest between two acknowledgements, in milliseconds, so that a storm of changes is not a storm of writes. */
export const ACKNOWLEDGE_REST_MS = 20;
/** How soon a generation is acknowledged that changed no answer, in milliseconds. Most events of a day are such. */
export const ACKNOWLEDGE_QUIET_MS = 250;
