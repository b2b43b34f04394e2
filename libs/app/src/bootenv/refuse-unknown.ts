import { refuse, type Refusal } from '#core';
import type { Transaction } from '../ports/unit-of-work.js';

/** Names that the refusal offers. */
const OFFERED_MAX = 20;

/** A boot environment that machines get must be one that is described: a machine without a script stands still. */
export const refuseUnknownBootenv = async (
  tx: Transaction,
  name: string | undefined,
  field = 'bootenv',
): Promise<Refusal | null> => {
  if (name === undefined || (await tx.bootenvs.find(name))?.name === name) return null;
  const names = (await tx.bootenvs.all()).slice(0, OFFERED_MAX).map((bootenv) => bootenv.name);
  return refuse(
    'invalid',
    `there is no boot environment "${name}": use ${names.join(', ')}, or make it with \`anneal bootenvs create\`.`,
    { field },
  );
};
