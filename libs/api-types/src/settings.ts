import { z } from 'zod';
import { ADMINS, API_BASE, routes, VIEWERS } from './base/route.js';
import { noQuery, version } from './base/scalars.js';

/**
 * What an operator may tune while Anneal runs. Only what stands in this table can be read or written; no setting is ever a
 * command line.
 */

/** More runs than this at once do not fit the connections that one PostgreSQL keeps well. */
export const RUNS_AT_ONCE_MAX_MAX = 5_000;

export const SETTINGS = {
  runs_at_once_max: { schema: z.int().min(1).max(RUNS_AT_ONCE_MAX_MAX), says: 'How many runs there may be at one instant, on all nodes together.' },
} as const;
export type SettingKey = keyof typeof SETTINGS;
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

export const setting = z
  .object({ key: z.string(), value: z.unknown(), description: z.string(), version })
  .meta({ id: 'Setting' });

const params = z.strictObject({ key: z.string().min(1).max(100) });
const BASE = `${API_BASE}/settings`;

export const settingRoutes = routes('settings', {
  list: { method: 'GET', path: BASE, summary: 'List settings', allows: VIEWERS, query: noQuery, success: 200, answer: z.object({ items: z.array(setting) }) },
  show: { method: 'GET', path: `${BASE}/:key`, summary: 'Show a setting', allows: VIEWERS, params, query: noQuery, success: 200, answer: setting, etag: true },
  patch: { method: 'PATCH', path: `${BASE}/:key`, summary: 'Change a setting', allows: ADMINS, params, query: noQuery, body: z.strictObject({ value: z.unknown() }).meta({ id: 'SettingPatch' }), success: 200, answer: setting, etag: true, ifMatch: true },
});
