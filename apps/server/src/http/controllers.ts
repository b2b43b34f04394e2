import type { Type } from '@nestjs/common';
import { AuditController } from './audit/audit.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { EventsController } from './events/events.controller.js';
import { HealthController } from './health/health.controller.js';
import { SessionsController } from './tokens/sessions.controller.js';
import { SetupController } from './tokens/setup.controller.js';
import { TokensController } from './tokens/tokens.controller.js';
import { UsersController } from './users/users.controller.js';

/** Every controller there is; the server refuses to start when together they serve anything but the route table. */
export const CONTROLLERS: readonly Type[] = [
  AuditController,
  DocsController,
  EventsController,
  HealthController,
  SessionsController,
  SetupController,
  TokensController,
  UsersController,
];
