import { z } from 'zod';
import { ADMINS, API_BASE, routes, VIEWERS } from './base/route.js';
import { count, keyParams, noQuery } from './base/scalars.js';

/** What an operator may tune for the whole installation while it runs. No setting is ever a command line. */

/** Longest value, in characters: addresses are among them. */
export const SETTING_LENGTH_MAX = 500;

export const setting = z
  .object({ key: z.string(), value: z.unknown(), says: z.string(), fallback: z.unknown(), version: count })
  .meta({ id: 'Setting' });

const BASE = `${API_BASE}/settings`;

export const settingRoutes = routes('settings', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List settings',
    allows: VIEWERS,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(setting) }),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a setting',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: setting,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: `${BASE}/:key`,
    summary: 'Change a setting',
    allows: ADMINS,
    params: keyParams,
    query: noQuery,
    body: z
      .strictObject({ value: z.union([z.int(), z.string().max(SETTING_LENGTH_MAX)]) })
      .meta({ id: 'SettingPatch' }),
    success: 200,
    answer: setting,
    etag: true,
    ifMatch: true,
  },
});
