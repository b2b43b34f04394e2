import type { Json, JsonObject } from '#core';

/** Stands where a secret is. Writing it back would make it the secret, so that is refused. */
export const HIDDEN = '(hidden)';

/** The data with what lies at the paths (`a/b/c`) of secret attributes replaced. What is not there stays absent. */
export const hideSecrets = (data: JsonObject, paths: readonly string[]): JsonObject =>
  paths.reduce<JsonObject>((hidden, path) => hideAt(hidden, path.split('/')) as JsonObject, data);

const hideAt = (value: Json, [key, ...rest]: readonly string[]): Json => {
  const holds =
    key !== undefined &&
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.hasOwn(value, key);
  if (!holds) return value;
  const inner = (value as JsonObject)[key] as Json;
  return { ...(value as JsonObject), [key]: rest.length === 0 ? HIDDEN : hideAt(inner, rest) };
};
