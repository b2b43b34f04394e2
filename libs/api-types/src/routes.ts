import { auditRoutes } from './audit.js';
import type { Route } from './base/route.js';
import { eventRoutes } from './events.js';
import { docsRoutes, healthRoutes } from './health.js';
import { settingRoutes } from './settings.js';
import { sessionRoutes, setupRoutes, tokenRoutes } from './tokens.js';
import { userRoutes } from './users.js';

/** Every route there is, resource by resource, in the order in which the documentation shows them. */
export const allRoutes: readonly Route[] = [
  eventRoutes,
  // settingRoutes,
  setupRoutes,
  sessionRoutes,
  userRoutes,
  tokenRoutes,
  auditRoutes,
  healthRoutes,
  docsRoutes,
].flatMap((table): Route[] => Object.values(table));
