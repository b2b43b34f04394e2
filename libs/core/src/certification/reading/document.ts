import type { Guideline } from '../guideline.js';

/** What each reader of a schema makes of a file; the kind is known to whoever asked for the reading. */
export type GuidelineDocument = Omit<Guideline, 'kind'>;
