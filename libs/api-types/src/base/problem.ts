import { z } from 'zod';

/** RFC 9457. `code` is for programs and stays; `detail` is for people and may be said better tomorrow. */
export const problem = z
  .object({
    type: z.string().meta({ description: 'URL of the page that explains the code.' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Stable word for programs, for example `parent-not-active`.' }),
    detail: z.string().meta({ description: 'What is wrong here and what to do about it.' }),
    fields: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'The things that the sentence speaks of.' }),
    retry_after: z.number().optional().meta({ description: 'Seconds; the same as the header Retry-After.' }),
    trace_id: z.string().meta({ description: 'Finds this request in the log and in the audit.' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.output<typeof problem>;

/** One part of a request that is not as it should be. */
export interface Fault {
  readonly in: 'path' | 'query' | 'body' | 'header';
  /** JSON pointer into that part. */
  readonly at: string;
  readonly says: string;
  /** Line in a document that was sent as text, counted from 1. */
  readonly line?: number;
}
