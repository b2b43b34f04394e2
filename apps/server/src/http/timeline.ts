import type { TimelineEntry } from '#app';
import { isRefusal, type Refusal } from '#core';

/** What three resources share: a timeline is asked for and answered alike, of a node, of a deployment, and of all. */

export const timelineAsked = (query: {
  readonly limit?: string | undefined;
  readonly before?: string | undefined;
}) => ({
  ...(query.limit === undefined ? {} : { limit: Number(query.limit) }),
  ...(query.before === undefined ? {} : { before: new Date(query.before) }),
});

export const timelineAnswer = (items: readonly TimelineEntry[] | Refusal) => (isRefusal(items) ? items : { items });
