import { z } from 'zod';
import { API_BASE, routes, VIEWERS } from './base/route.js';
import { noQuery } from './base/scalars.js';

/** Whether the server lives, whether it can work, what it counts; and the documentation of all this. */

export const healthRoutes = routes('health', {
  live: {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the process answers',
    allows: 'anyone',
    query: noQuery,
    success: 200,
    answer: z.object({ status: z.literal('ok') }),
  },
  ready: {
    method: 'GET',
    path: '/readyz',
    summary: 'Whether the database can be reached',
    allows: 'anyone',
    query: noQuery,
    success: 200,
    answer: z.object({ status: z.literal('ready') }),
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Figures for Prometheus',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    produces: ['text/plain'],
  },
});

export const docsRoutes = routes('docs', {
  openapi: {
    method: 'GET',
    path: `${API_BASE}/openapi.json`,
    summary: 'This API as an OpenAPI 3.1 document',
    allows: 'anyone',
    query: noQuery,
    success: 200,
    answer: z.record(z.string(), z.unknown()),
  },
  page: {
    method: 'GET',
    path: '/api/docs',
    summary: 'This API as a page to read',
    allows: 'anyone',
    query: noQuery,
    success: 200,
    produces: ['text/html'],
  },
  style: {
    method: 'GET',
    path: '/api/docs/style.css',
    summary: 'How that page looks',
    allows: 'anyone',
    query: noQuery,
    success: 200,
    produces: ['text/css'],
  },
});
