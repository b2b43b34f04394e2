import { MACHINES } from './machines.js';
import { ORDER_OF_THINGS } from './order-of-things.js';
import { WHAT_IS_GRANTED } from './what-is-granted.js';
import type { Guard } from './guard.js';

const numberOf = ({ race }: Guard): number => Number(race.slice(1));

/** Every guard that is taken out, in the order of the races. */
export const GUARDS: readonly Guard[] = [...ORDER_OF_THINGS, ...MACHINES, ...WHAT_IS_GRANTED].toSorted(
  (a, b) => numberOf(a) - numberOf(b),
);
