/** Names under which the module hands its parts to controllers. */
export const ACCESS = Symbol('use cases of access');
export const MODEL = Symbol('use cases of the model');

export type { AccessUseCases, UseCases as ModelUseCases } from '#app';
