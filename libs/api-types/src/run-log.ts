import { z } from 'zod';
import { digits, id, INT32_MAX, timestamp } from './base/scalars.js';

/** What a run says while it runs. */

export const runState = z.enum([
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'not-yet',
  'lost-contact',
  'cancelled',
]);

export const logLine = z
  .object({
    line: z.int(),
    attempt: z.int(),
    at: timestamp,
    stream: z.enum(['out', 'err', 'anneal']),
    text: z.string(),
  })
  .meta({ id: 'LogLine' });

export const logPage = z
  .object({
    run_id: id.nullable().meta({ description: 'Null when nothing has run yet.' }),
    state: runState.nullable(),
    lines: z.array(logLine),
    next_after: z.int().meta({ description: 'Give it as `after` for what follows.' }),
    ended: z.boolean().meta({ description: 'Nothing follows any more.' }),
  })
  .meta({ id: 'LogPage' });

/** Lines on a page of a log at the most. */
export const LOG_LINES_MAX = 5_000;
/** The highest number that a line can have. */
export const LOG_LINE_MAX = INT32_MAX;

/** A line's number, or the id of a stream's message: the run and the number, so that the lines of another run are not skipped. */
const position = z.string().regex(/^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/)?\d{1,15}$/);

export const logQuery = z.strictObject({
  after: position.optional().meta({
    description: 'Begin after this line: its number, or the id of a message. From the first line when absent.',
  }),
  tail: digits
    .optional()
    .meta({ description: 'Only the last so many lines; with `follow`, begin with these. Not together with `after`.' }),
  limit: digits.optional().meta({ description: `Lines on the page, 1 to ${LOG_LINES_MAX}, which it is when absent.` }),
  follow: z
    .enum(['true', 'false', ''])
    .optional()
    .meta({ description: 'Server-sent events until the run has ended; `?follow` is enough.' }),
  format: z.enum(['json', 'text']).optional().meta({ description: 'Counts more than the header Accept.' }),
});

export const LOG_TYPES = ['text/plain', 'text/event-stream'];
export const LOG_SAYS =
  'A page of lines: as plain text, or as JSON for who accepts application/json or says `format=json`. The headers Anneal-Run, Anneal-Next-After and Anneal-Ended ' +
  'say of a text what the fields of the JSON page do. With `follow` the same as server-sent events, live: `line` for each line, `end` with the state when the run ' +
  'has ended. A reader that was cut off sends the last id as Last-Event-ID, or as `after`, and misses nothing.';
