import { z } from 'zod';
import type { JsonObject } from '#core';

/**
 * The small types that all resources share. Everything that comes from outside has a longest form: what is not bounded
 * here is bounded by the body limit of its route.
 */

/** Longest name of anything, in characters: that of an FQDN (RFC 1035 §2.3.4). */
export const NAME_LENGTH_MAX = 255;
/** Longest sentence that describes something, in characters. */
export const DESCRIPTION_LENGTH_MAX = 4_000;
/** Largest integer of PostgreSQL's `integer`. */
export const INT32_MAX = 2_147_483_647;

export const id = z.uuid().meta({ description: 'Identifier; stable and opaque.' });
/** A timestamp as answers show it. */
export const timestamp = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });
export const version = z
  .int()
  .min(1)
  .meta({ description: 'Grows with every change; the ETag of the object is this number in quotes.' });
export const count = z.int().min(0);
export const int32 = z.int().min(-INT32_MAX).max(INT32_MAX);
export const key = z
  .string()
  .min(1)
  .max(NAME_LENGTH_MAX * 2)
  .meta({ description: 'The id or the name.' });
export const name = z.string().min(1).max(NAME_LENGTH_MAX);
export const description = z.string().max(DESCRIPTION_LENGTH_MAX);
export const json: z.ZodType<unknown> = z.unknown().meta({ description: 'Any JSON value.' });
/** Any JSON object. What came over the wire is JSON already; the type says so. */
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject, JsonObject>;

/** A boolean in a query string. */
export const flag = z.enum(['true', 'false']).meta({ description: '`true` or `false`.' });

/** A whole number in a query string, given as text. The range is checked by `wholeNumber` after it was read. */
export const digits = z.string().regex(/^\d{1,15}$/);

/** Path parameters of a route about one thing. */
export const keyParams = z.strictObject({ key });
/** The query of a route that has none: an unknown parameter is a mistake worth telling. */
export const noQuery = z.strictObject({});
