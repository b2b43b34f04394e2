/**
 * How large a guideline may be. The published ones hold at most 91 capabilities, 350 tests and 160 kB; the limits leave
 * room for every test of a large suite and still keep one upload from filling the memory of a server.
 */
export const GUIDELINE_BYTES_MAX = 4 * 1024 * 1024;

/** Deeper than any schema goes (8), and far from where a recursive reader would run out of stack. */
export const GUIDELINE_NESTING_MAX = 32;

/** Values of all sorts in one file: what 4 MiB of sensible text holds. */
export const GUIDELINE_VALUES_MAX = 400_000;

export const PROGRAMS_MAX = 100;
export const COMPONENTS_MAX = 100;
export const CAPABILITIES_MAX = 2000;

/** Of all capabilities together; a whole suite is about 1,700. */
export const GUIDELINE_TESTS_MAX = 20_000;

/** Capabilities and tests of all programs together, each as often as a program lists it; a published file has some 1,500. */
export const PROGRAMS_WEIGHT_MAX = 400_000;

/** Of one test. The published files have at most 2. */
export const ALIASES_MAX = 32;

/** Of an id, a capability, a test: what a column, a line of a load list and a row on the screen have to hold. */
export const GUIDELINE_NAME_CHARS_MAX = 500;

/** Of a description, a reason, a guidance. */
export const GUIDELINE_TEXT_CHARS_MAX = 10_000;

/** Told at once; a file with more faults than that is not mended line by line. */
export const GUIDELINE_PROBLEMS_MAX = 50;

/** They are kept with the guideline and read by people; a published file has at most 6. */
export const GUIDELINE_WARNINGS_MAX = 200;
