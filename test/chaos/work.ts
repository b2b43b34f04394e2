import type { Json, JsonObject } from '#core';
import { TEST_ATTRIBS } from '#jigs';
import type { Chance } from '#testkit';

/** The role that fails whenever it runs: what it leaves in ERROR must say why. */
export const BROKEN_ROLE = 'broken';

/** Shares of runs, of all that are planned, that do something other than succeed. */
const SHARES = {
  fail: 0.04,
  notYet: 0.03,
  /** Waits for a report that never comes: rescue ends it at its deadline. */
  wait: 0.004,
  /** Works so long that a fault is likely to fall into it, and that the role with a timeout meets it. */
  long: 0.02,
  /** Ends well and has something to write, so that it goes through the rules one by one. */
  reboot: 0.05,
  /** Writes lines into its log. */
  lines: 0.3,
} as const;

/** How much longer a long piece of work takes than the usual one. */
const LONG_FACTOR = 15;

/** What one run shall do, as the test jig reads it. `workMs` is what work takes on average. */
export const drawWork = (chance: Chance, workMs: number): JsonObject => {
  const happens = (share: number): boolean => chance.next() < share;
  const long = happens(SHARES.long);
  const attribs: Record<string, Json> = {
    [TEST_ATTRIBS.delay]: Math.round(workMs * (long ? LONG_FACTOR : 2) * chance.next()),
    [`${BROKEN_ROLE}-fail`]: 'this role always fails',
  };
  if (happens(SHARES.lines)) attribs[TEST_ATTRIBS.lines] = 1 + chance.below(3);
  if (happens(SHARES.reboot)) attribs[TEST_ATTRIBS.reboot] = true;
  if (happens(SHARES.fail)) attribs[TEST_ATTRIBS.fail] = 'chance would have it';
  else if (happens(SHARES.notYet)) attribs[TEST_ATTRIBS.notYet] = 0.3;
  else if (happens(SHARES.wait)) attribs[TEST_ATTRIBS.wait] = 2;
  return attribs;
};
