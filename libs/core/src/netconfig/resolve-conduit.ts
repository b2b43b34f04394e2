import { isRefusal, refuse, type Refusal } from '../base/refusal.js';
import { parseConduit, SPEEDS, type Conduit, type Speed, type SpeedSign } from '../network/conduit.js';
import type { NetworkCard } from './inventory.js';

/** The cards that a conduit means on one machine, in the order of its members; `bmc` means none of the system's. */
export type ResolvedConduit =
  | { readonly kind: 'bmc' }
  | { readonly kind: 'cards'; readonly cards: readonly string[]; readonly speed: Speed | null };

/**
 * Finds the cards of a conduit among the cards of a machine, which are in the order of `orderCards`.
 *
 * A card counts for one speed only, its fastest. A sign lets the whole conduit go to another speed: the first one, in the
 * order the sign gives, at which all members are found. Where no card tells its speed (virtual machines, containers)
 * speeds are not compared: the index counts among all cards.
 */
export function resolveConduit(text: string, cards: readonly NetworkCard[]): ResolvedConduit | Refusal {
  const conduit = parseConduit(text);
  if (isRefusal(conduit)) return conduit;
  if (conduit.kind === 'bmc') return conduit;
  const told = cards.filter(({ busPath, speeds }) => busPath !== null && speeds.length > 0);
  if (told.length === 0) return bySpeed(text, conduit, cards, [null]);
  return bySpeed(text, conduit, told, speedsOf(conduit.members[0]!.speed, conduit.members[0]!.sign));
}

type CardConduit = Extract<Conduit, { kind: 'cards' }>;

function bySpeed(
  text: string,
  conduit: CardConduit,
  cards: readonly NetworkCard[],
  speeds: readonly (Speed | null)[],
): ResolvedConduit | Refusal {
  for (const speed of speeds) {
    const counted = speed === null ? cards : cards.filter(({ speeds: can }) => Math.max(...can) === SPEEDS[speed]);
    const found = conduit.members.map(({ index }) => counted[index]?.name);
    if (found.every((name) => name !== undefined)) return { kind: 'cards', cards: found, speed };
  }
  const has = cards.length === 0 ? 'no card' : cards.map(describeCard).join(', ');
  return refuse(
    'invalid',
    `the conduit "${text}" is not on this node, which has ${has}; change the conduit of the network or of its range, or add an interface map for this kind of machine`,
    {
      conduit: text,
    },
  );
}

/** Speeds in the order in which they are tried. */
function speedsOf(speed: Speed, sign: SpeedSign): readonly Speed[] {
  const all = (Object.keys(SPEEDS) as Speed[]).sort((a, b) => SPEEDS[a] - SPEEDS[b]);
  const at = all.indexOf(speed);
  const up = all.slice(at + 1);
  const down = all.slice(0, at).reverse();
  return [speed, ...(sign === '+' || sign === '?' ? up : []), ...(sign === '-' || sign === '?' ? down : [])];
}

function describeCard({ name, speeds }: NetworkCard): string {
  const fastest = speeds.length === 0 ? null : Math.max(...speeds);
  const word = (Object.keys(SPEEDS) as Speed[]).find((speed) => SPEEDS[speed] === fastest);
  return `${name}${fastest === null ? '' : ` (${word ?? `${fastest} Mbit/s`})`}`;
}
