import { refuse, type Refusal } from '#core';

/** Codes of refusals that only HTTP knows; the others are the product's own. */
export type HttpCode =
  | 'malformed'
  | 'no-such-route'
  | 'method-not-allowed'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'in-progress'
  | 'timeout'
  | 'internal';

/** Carries a refusal to the filter that answers it. Thrown only inside apps/server: use cases return theirs. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly refusal: Omit<Refusal, 'code'> & { readonly code: Refusal['code'] | HttpCode },
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(refusal.detail);
  }
}

/** A refusal with one of HTTP's own codes. */
export const refusedByHttp = (
  code: HttpCode,
  detail: string,
  more: { fields?: Record<string, unknown>; headers?: Record<string, string> } = {},
): Refused => new Refused({ ...refuse('invalid', detail, more.fields), code }, more.headers);
