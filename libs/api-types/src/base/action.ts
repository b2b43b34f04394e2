import { z } from 'zod';
import { id } from './scalars.js';

/** What is shared by routes that do something, rather than edit something. */

export const stateWord = z.enum(['error', 'active', 'todo', 'transition', 'blocked', 'proposed']);
export const stateCode = z
  .int()
  .min(-1)
  .max(4)
  .meta({ description: 'ERROR −1, ACTIVE 0, TODO 1, TRANSITION 2, BLOCKED 3, PROPOSED 4.' });
export const stateCounts = z.object({
  error: z.int(),
  active: z.int(),
  todo: z.int(),
  transition: z.int(),
  blocked: z.int(),
  proposed: z.int(),
});

/** Why something is not done, and what would move it. */
export const cause = z
  .object({
    kind: z.string().meta({ description: 'For programs, for example `node-not-alive`.' }),
    name: z.string(),
    state: z.string(),
    sentence: z.string(),
    node_role_id: id.optional(),
    node_id: id.optional(),
    deployment_id: id.optional(),
    since: z.number().optional().meta({ description: 'Milliseconds since the epoch.' }),
    until: z.number().optional().meta({ description: 'Milliseconds since the epoch.' }),
    worker: z.string().optional(),
  })
  .meta({ id: 'Cause' });

export const explanation = z
  .object({
    summary: z.string(),
    chain: z.array(cause).meta({ description: 'From the noderole up to the root; empty when it waits for nothing.' }),
    also: z.array(cause).meta({ description: 'What would still keep it back once the chain is out of the way.' }),
    moves: z.array(z.string()).meta({ description: 'Commands that would move it, the most useful first.' }),
  })
  .meta({ id: 'Explanation' });

export const foldedExplanation = z
  .object({
    summary: z.string(),
    waiting: z.int(),
    total: z.int(),
    roots: z.array(z.object({ cause, holds_up: z.int(), examples: z.array(z.string()), moves: z.array(z.string()) })),
  })
  .meta({ id: 'FoldedExplanation' });
