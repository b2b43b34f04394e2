import type { Envelope, Ticket } from '../ports/job-queue.js';
import { ENVELOPES_PER_WORKER, TICKETS_PER_ENVELOPE_MAX } from './limits.js';

/**
 * Spreads tickets evenly over the envelopes that the live workers can take at once: a few runs go one by one to whoever is
 * idle, many share a trip through the queue.
 */
export const intoEnvelopes = (tickets: readonly Ticket[], workers: number): Envelope[] => {
  const places = Math.max(1, workers) * ENVELOPES_PER_WORKER;
  const size = Math.min(TICKETS_PER_ENVELOPE_MAX, Math.max(1, Math.ceil(tickets.length / places)));
  const envelopes: Envelope[] = [];
  for (let at = 0; at < tickets.length; at += size) envelopes.push(tickets.slice(at, at + size));
  return envelopes;
};
