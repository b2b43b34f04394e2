import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds by which answers are sorted. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** What is asked when Prometheus comes by. */
export interface Measured {
  readonly inFlight: () => { requests: number; streams: number };
  readonly feed: () => { followers: number; last: number };
  /** Noderoles by state, over all deployments. */
  readonly nodeRoles: () => Promise<Readonly<Record<string, number>>>;
}

/** Figures for Prometheus. Labels are routes of the table, never paths: a caller cannot make new ones. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly answered = new Histogram({
    name: 'anneal_http_seconds',
    help: 'Time to answer, by route and status.',
    labelNames: ['route', 'status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  private readonly refused = new Counter({
    name: 'anneal_http_refusals_total',
    help: 'Refusals by code.',
    labelNames: ['code'],
    registers: [this.registry],
  });

  constructor(measured: Measured) {
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    new Gauge({
      name: 'anneal_http_requests_open',
      help: 'Requests being answered now.',
      registers,
      collect() {
        this.set(measured.inFlight().requests);
      },
    });
    new Gauge({
      name: 'anneal_http_streams_open',
      help: 'Streams that are open now.',
      registers,
      collect() {
        this.set(measured.inFlight().streams);
      },
    });
    new Gauge({
      name: 'anneal_event_followers',
      help: 'Readers of the event stream.',
      registers,
      collect() {
        this.set(measured.feed().followers);
      },
    });
    new Gauge({
      name: 'anneal_event_seq',
      help: 'Number of the newest event that this server knows.',
      registers,
      collect() {
        this.set(measured.feed().last);
      },
    });
    new Gauge({
      name: 'anneal_node_roles',
      help: 'Noderoles by state.',
      labelNames: ['state'],
      registers,
      async collect() {
        for (const [state, count] of Object.entries(await measured.nodeRoles())) this.set({ state }, count);
      },
    });
  }

  /** Called when an answer has left. */
  count(request: FastifyRequest, reply: FastifyReply): void {
    const { route, refused } = request.anneal;
    this.answered.observe({ route: route?.id ?? 'unknown', status: reply.statusCode }, reply.elapsedTime / 1_000);
    if (refused) this.refused.inc({ code: refused });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
