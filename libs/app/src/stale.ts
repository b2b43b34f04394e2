import { refuse, type Refusal } from '#core';

/** Refuses a change that was made to an older version than the one that is stored. Undefined means that the caller does not mind. */
export const refuseStale = (
  what: string,
  stored: { readonly version: number },
  expected: number | undefined,
): Refusal | null => {
  if (expected === undefined || expected === stored.version) return null;
  return refuse(
    'stale-version',
    `${what} was changed by somebody else (it is at version ${stored.version}, you changed ${expected}): read it again, and repeat your change if it is still wanted.`,
    {
      version: stored.version,
    },
  );
};
