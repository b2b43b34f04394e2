/** Goals of one certification: every program of every guideline that was ever published is fewer. */
export const GOALS_MAX = 60;

/** Tests that one order names at the most; Tempest has about 1,700 in all, with every plugin about 6,000. */
export const TESTS_MAX = 20_000;

/**
 * Longest name of a test that is taken in from elsewhere, in characters: an index holds no key of more than 2,700 bytes, and a
 * character may have four.
 */
export const TEST_NAME_LENGTH_MAX = 600;

/** Workers of a suite; each holds users, networks and servers of its own in the cloud. */
export const CONCURRENCY_MAX = 64;

/** Accounts that an access lists at the most. */
export const ACCOUNTS_MAX = 200;

/** How often the history is told how far a run is, in milliseconds: often enough for a bar, seldom enough for a history. */
export const PROGRESS_MS = 2_000;
