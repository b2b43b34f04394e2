import type { Branded } from '#core';

/** Makes identifiers. Those of one process grow with time, so that "by id" is also "by age". */
export abstract class IdSource {
  abstract next<Id extends Branded<string>>(): Id;
}
