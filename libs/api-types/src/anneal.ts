import { z } from 'zod';
import { cause, stateCounts, stateWord } from './base/action.js';
import { API_BASE, routes, VIEWERS } from './base/route.js';
import { id, key, noQuery, timestamp } from './base/scalars.js';
import { timeline, timelineQuery } from './timeline.js';

/** How far the graph has settled. */

/** Longest wait of one request, in seconds: below the minute after which clients and proxies give up on a silent answer. */
export const WAIT_S_MAX = 50;
/** What is waited when the caller does not say, in seconds. */
export const WAIT_S_DEFAULT = 30;

export const annealStatus = z
  .object({
    counts: stateCounts,
    changed: z.int().meta({ description: 'Active noderoles that are to be run again.' }),
    settled: z.boolean().meta({ description: 'Everything that was wished for is active.' }),
    working: z.boolean().meta({ description: 'Something runs, or will without anybody’s help.' }),
    stuck: z
      .array(
        z.object({
          deployment: z.string(),
          summary: z.string(),
          roots: z.array(
            z.object({ cause, holds_up: z.int(), examples: z.array(z.string()), moves: z.array(z.string()) }),
          ),
        }),
      )
      .meta({ description: 'What a person has to do, by deployment.' }),
  })
  .meta({ id: 'AnnealStatus' });

export const annealPace = z
  .object({
    seconds: z.number().meta({
      description: 'How far back was looked: five minutes, or less where very much happened.',
    }),
    per_minute: z
      .object({ active: z.number(), error: z.number() })
      .meta({ description: 'Noderoles that became so in a minute.' }),
    oldest: z.array(z.object({ state: stateWord, id, name: z.string(), since: timestamp })).meta({
      description: 'The noderole that has been in its state for longest, of ERROR, TODO, TRANSITION and BLOCKED.',
    }),
  })
  .meta({ id: 'AnnealPace' });

const BASE = `${API_BASE}/anneal`;

export const annealRoutes = routes('anneal', {
  show: {
    method: 'GET',
    path: BASE,
    summary: 'How far the graph has settled',
    allows: VIEWERS,
    query: z.strictObject({ deployment: key.optional() }),
    success: 200,
    answer: annealStatus,
    problems: [404],
  },
  wait: {
    method: 'POST',
    path: `${BASE}/wait`,
    summary: 'Wait until the graph has settled, or is quiet',
    says:
      '`settled`: everything that was wished for is active. `quiet`: nothing moves any more, for good or because only a person can help. Answers with the status as ' +
      'soon as it is so, else with 408 when the time is up; `fields.status` then says how it stands. Whoever waits longer asks again.',
    allows: VIEWERS,
    query: noQuery,
    body: z
      .strictObject({
        for: z.enum(['settled', 'quiet']).default('settled'),
        deployment: key.optional().meta({ description: 'Only this one.' }),
        timeout_s: z
          .number()
          .min(0)
          .max(WAIT_S_MAX)
          .default(WAIT_S_DEFAULT)
          .meta({ description: 'Seconds to wait at the most.' }),
      })
      .meta({ id: 'Wait' }),
    bodyOptional: true,
    staysOpen: true,
    changesNothing: true,
    success: 200,
    answer: annealStatus,
    problems: [404, 408],
  },
  pace: {
    method: 'GET',
    path: `${BASE}/pace`,
    summary: 'How fast the graph settles, and what waits for longest',
    says: 'Of all committed deployments. To be asked every few seconds, not at every event.',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: annealPace,
  },
  timeline: {
    method: 'GET',
    path: `${BASE}/timeline`,
    summary: 'What happened everywhere, newest first',
    allows: VIEWERS,
    query: timelineQuery,
    success: 200,
    answer: timeline,
  },
  audit: {
    method: 'GET',
    path: `${BASE}/audit`,
    summary: 'Look for broken invariants in the whole graph',
    says: 'Finds nothing in a sound installation.',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: z
      .object({
        node_roles: z.int(),
        findings: z.array(z.object({ code: z.string(), sentence: z.string(), ids: z.array(z.string()) })),
      })
      .meta({ id: 'GraphAudit' }),
  },
});
