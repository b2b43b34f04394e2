/** Names under which the module hands its parts to controllers. */
export const ACCESS = Symbol('use cases of access');

export type { AccessUseCases } from '#app';
