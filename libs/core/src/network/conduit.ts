import { refuse, type Refusal } from '../base/refusal.js';

/**
 * A conduit says which network cards of a node a network goes over, without knowing the node: `1g0` is the first card
 * whose fastest speed is 1 Gbit/s, `+1g0,+1g1` a team of the first two that are at least that fast, `bmc` the management
 * controller. Which cards these are is found out on the node.
 */

/** None: exactly this speed. `+`: or faster. `-`: or slower. `?`: or faster, or else slower. */
export type SpeedSign = '' | '+' | '-' | '?';

export interface ConduitMember {
  readonly sign: SpeedSign;
  readonly speed: Speed;
  /** Among the cards of this speed, from 0, in the order of the bus. */
  readonly index: number;
}

export type Conduit = { readonly kind: 'bmc' } | { readonly kind: 'cards'; readonly members: readonly ConduitMember[] };

/** Speeds that network cards have, with what they are in Mbit/s, the slowest first. */
export const SPEEDS = {
  '10m': 10,
  '100m': 100,
  '1g': 1_000,
  '2.5g': 2_500,
  '5g': 5_000,
  '10g': 10_000,
  '20g': 20_000,
  '25g': 25_000,
  '40g': 40_000,
  '50g': 50_000,
  '56g': 56_000,
  '100g': 100_000,
  '200g': 200_000,
  '400g': 400_000,
} as const;
export type Speed = keyof typeof SPEEDS;

const MEMBER = /^([-+?]?)([0-9.]+[mg])(0|[1-9]\d?)$/;
/** Cards that one team can have: Linux bonds and switches' link aggregation groups agree on 8. */
export const TEAM_MEMBERS_MAX = 8;
/** Bonding modes of Linux: 0 balance-rr, 1 active-backup, 2 balance-xor, 3 broadcast, 4 802.3ad, 5 balance-tlb, 6 balance-alb. */
export const TEAM_MODE_MAX = 6;
/** IEEE 802.1Q: 0 is no VLAN, 4095 is reserved. */
export const VLAN_MAX = 4094;

const HOW_TO =
  'write a speed and an index, such as 1g0, with +, - or ? in front for other speeds, and commas between members';

export const parseConduit = (text: string): Conduit | Refusal => {
  const no = (detail: string): Refusal =>
    refuse('invalid', `the conduit "${text.slice(0, 80)}" ${detail}.`, { field: 'conduit' });
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length === 1 && parts[0] === '') return no(`is empty: ${HOW_TO}`);
  if (parts.length === 1 && parts[0] === 'bmc') return { kind: 'bmc' };
  const members: ConduitMember[] = [];
  for (const part of parts) {
    const [, sign = '', speed = '', index = ''] = MEMBER.exec(part) ?? [];
    if (part === 'bmc') return no('has bmc beside other members: the controller has a port of its own');
    if (index === '') return no(`has the member "${part.slice(0, 20)}": ${HOW_TO}`);
    if (!isSpeed(speed)) return no(`has the speed ${speed}: use one of ${Object.keys(SPEEDS).join(', ')}`);
    members.push({ sign: sign as SpeedSign, speed, index: Number(index) });
  }
  const [first] = members as [ConduitMember];
  if (members.some(({ sign }) => sign !== first.sign)) return no('has members of different signs: use one for all');
  if (members.some(({ speed }) => speed !== first.speed)) return no('has members of different speeds: use one for all');
  if (new Set(members.map(({ index }) => index)).size < members.length) return no('names a member twice');
  return { kind: 'cards', members };
};

const isSpeed = (text: string): text is Speed => Object.hasOwn(SPEEDS, text);

/** Its members in order, without spaces: two texts of one conduit are equal. */
export const formatConduit = (conduit: Conduit): string =>
  conduit.kind === 'bmc'
    ? 'bmc'
    : [...conduit.members]
        .sort((a, b) => a.index - b.index)
        .map(memberText)
        .join(',');

const memberText = ({ sign, speed, index }: ConduitMember): string => `${sign}${speed}${index}`;

/** How a network or a range is attached. */
export interface Attached {
  readonly conduit: string;
  readonly vlan: number;
  readonly useVlan: boolean;
  readonly useTeam: boolean;
  readonly teamMode: number;
}

/** Refuses an attachment that cannot be made; ranges are given after they have inherited from their network. */
export const refuseAttachment = (what: string, attached: Attached): Refusal | null => {
  const conduit = parseConduit(attached.conduit);
  if ('refused' in conduit) return conduit;
  const no = (field: string, detail: string): Refusal => refuse('invalid', `${what}: ${detail}.`, { field });
  if (!isWhole(attached.vlan, 0, VLAN_MAX)) return no('vlan', `${attached.vlan} is no VLAN: use 1 to ${VLAN_MAX}`);
  if (attached.useVlan && attached.vlan === 0)
    return no('vlan', `use_vlan needs a VLAN: give one from 1 to ${VLAN_MAX}, or do without use_vlan`);
  if (!isWhole(attached.teamMode, 0, TEAM_MODE_MAX))
    return no('team_mode', `${attached.teamMode} is no mode of a team: use 0 to ${TEAM_MODE_MAX}`);
  const members = conduit.kind === 'bmc' ? 1 : conduit.members.length;
  if (attached.useTeam && (conduit.kind === 'bmc' || members < 2 || members > TEAM_MEMBERS_MAX))
    return no(
      'conduit',
      `a team has 2 to ${TEAM_MEMBERS_MAX} network cards, and "${attached.conduit}" has ${members === 1 ? 'one' : members}: name its members with commas, or do without use_team`,
    );
  if (!attached.useTeam && members > 1)
    return no('conduit', `"${attached.conduit}" has ${members} members: say use_team, or name one`);
  return null;
};

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/**
 * Two conduits go over the same cards, or over none in common: a card that is in a team cannot be used alone beside it.
 * Members of one speed and index are taken to be the same card, whatever their signs: on some node they are.
 */
export const refuseConduits = (
  mine: { readonly what: string; readonly conduit: string },
  others: readonly { readonly what: string; readonly conduit: string }[],
): Refusal | null => {
  const cards = cardsOf(mine.conduit);
  const text = sorted(mine.conduit);
  for (const other of others) {
    if (sorted(other.conduit) === text) continue;
    const shared = [...cardsOf(other.conduit)].filter((card) => cards.has(card));
    if (shared.length === 0) continue;
    return refuse(
      'conflict',
      `${mine.what} goes over "${mine.conduit}" and ${other.what} over "${other.conduit}", which share ${shared.join(', ')}: use the same conduit for both, or one that has nothing in common with the other.`,
      { field: 'conduit', shared, other: other.what },
    );
  }
  return null;
};

const cardsOf = (text: string): ReadonlySet<string> => {
  const conduit = parseConduit(text);
  if ('refused' in conduit) return new Set();
  return new Set(conduit.kind === 'bmc' ? ['bmc'] : conduit.members.map(({ speed, index }) => `${speed}${index}`));
};

const sorted = (text: string): string => {
  const conduit = parseConduit(text);
  return 'refused' in conduit ? text : formatConduit(conduit);
};

/** The name of the broadcast domain that follows from how a network is attached: `1g0`, `1g0.200`. */
export const linkOf = ({ conduit, vlan, useVlan }: Pick<Attached, 'conduit' | 'vlan' | 'useVlan'>): string =>
  `${sorted(conduit)}${useVlan ? `.${vlan}` : ''}`;
