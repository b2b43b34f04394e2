/**
 * One guard against one of the races R1–R38 (docs/testing.md), said so that a program can take it out: which text of which
 * file it is, what stands there without it, and the test that must fail then. The text is exact and occurs once.
 */
export interface Guard {
  /** R1 to R38. */
  readonly race: string;
  /** What it keeps from happening. */
  readonly keeps: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly spec: string;
  /** A part of the name of the test, or of all tests of a row. */
  readonly test: string;
}

export const CORE_INSTALL = 'libs/core/src/install/decide.ts';
export const CORE_NODE_ROLE = 'libs/core/src/noderole/decide.ts';
export const CORE_STATES = 'libs/core/src/noderole/states.ts';
export const CORE_RIPPLE = 'libs/core/src/noderole/ripple.ts';
export const CORE_DEPLOYMENT = 'libs/core/src/deployment/decide.ts';
export const ADVANCE = 'libs/app/src/install/advance-installs.ts';
export const BOOT_SESSION = 'libs/app/src/machine/begin-boot-session.ts';
export const PROVISIONER = 'libs/catalog/barclamps/provisioner/barclamp.yml';

/** How often a text occurs in another. */
export const occurrences = (text: string, part: string): number => text.split(part).length - 1;
