import type { Json, JsonObject } from '../base/json.js';
import type { InstallOrder } from './order.js';

/** The order as the machine reads it: snake_case, null for what there is not. */
export const installOrderJson = (order: InstallOrder): JsonObject => snake(order as unknown as Json) as JsonObject;

const snake = (value: Json): Json => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(snake);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, inner]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snake(inner),
    ]),
  );
};
