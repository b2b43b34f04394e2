import { routes } from './base/route.js';
import { keyParams, noQuery } from './base/scalars.js';

/** Results that were published: pages to read, for everybody. Whatever was not published is not found here. */

export const resultRoutes = routes('results', {
  page: {
    method: 'GET',
    path: '/results',
    summary: 'Published results as a page to read',
    allows: 'anyone',
    query: noQuery,
    success: 200,
    produces: ['text/html'],
  },
  show: {
    method: 'GET',
    path: '/results/:key',
    summary: 'One published result as a page to read',
    allows: 'anyone',
    params: keyParams,
    query: noQuery,
    success: 200,
    produces: ['text/html'],
  },
});
