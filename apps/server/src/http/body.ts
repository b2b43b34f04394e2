import type { FastifyInstance } from 'fastify';
import { allRoutes, BODY_BYTES_MAX } from '#api-types';
import { refusedByHttp } from './refused.js';

/** The longest body of any route, in bytes. */
export const BODY_BYTES_LONGEST = Math.max(BODY_BYTES_MAX, ...allRoutes.map((route) => route.bodyBytesMax ?? 0));

/**
 * Which bodies are read, and how. JSON is parsed here; what a route takes as bytes stays bytes. Everything else is 415
 * before it is read.
 */
export const acceptBodies = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string', bodyLimit: BODY_BYTES_MAX },
    (_request, text, done) => {
      if (text.trim() === '') return done(null, undefined);
      try {
        done(null, JSON.parse(text));
      } catch (error) {
        done(refusedByHttp('malformed', `the body is not JSON: ${(error as Error).message.slice(0, 200)}.`));
      }
    },
  );
  const limits = new Map<string, number>();
  for (const route of allRoutes)
    for (const type of route.accepts ?? [])
      limits.set(type, Math.max(limits.get(type) ?? 0, route.bodyBytesMax ?? BODY_BYTES_MAX));
  for (const [type, bodyLimit] of limits)
    fastify.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit }, (_request, bytes, done) => done(null, bytes));
};
