import { z } from 'zod';
import { digits, id, timestamp } from './base/scalars.js';

/** What happened, on one axis of time: runs from their beginning to their end, phases of installs, acts of people. */

export const timelineQuery = z.strictObject({
  before: timestamp.optional(),
  limit: digits.optional().meta({ description: 'Entries, 1 to 1000; 100 when absent.' }),
});

export const timeline = z.object({
  items: z.array(
    z
      .object({
        at: timestamp,
        until: timestamp.nullable().meta({ description: 'The end of a run; null for what has no length, or goes on.' }),
        kind: z.string().meta({ description: '`run.` and how it stands, or the kind of an event.' }),
        node: z.string().nullable(),
        node_role: z.string().nullable(),
        run_id: id.nullable(),
        actor: z.string(),
        data: z.unknown(),
      })
      .meta({ id: 'TimelineEntry' }),
  ),
});
