import type { newCertification } from '#api-types';
import { refuse, type Refusal, type Scope } from '#core';
import type { z } from 'zod';

type Given = z.output<typeof newCertification>['scope'];

/** A scope as the rules have it, where the API has one shape for all kinds. */
export const scopeOf = ({ kind, name, names }: Given): Scope | Refusal => {
  if (kind === 'capability')
    return name === undefined
      ? refuse('invalid', 'say which capability is meant: scope.name.', { field: 'scope.name' })
      : { kind, name };
  if (kind === 'tests')
    return names === undefined || names.length === 0
      ? refuse('invalid', 'say which tests are meant: scope.names.', { field: 'scope.names' })
      : { kind, names };
  return { kind };
};
