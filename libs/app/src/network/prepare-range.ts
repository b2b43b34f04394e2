import {
  formatAddress,
  isRefusal,
  parseInterfaceAddress,
  readRange,
  refuse,
  refuseAttachment,
  refuseConduits,
  refuseOverlap,
  spanHas,
  isPool,
  type AddressSpan,
  type Refusal,
} from '#core';
import type { NetworkRangeId } from '../ports/model-ids.js';
import type { Attachment, NetworkView, NewRange, RangeView, RouterView } from '../ports/network-store.js';
import { refuseRangeName } from './check-fields.js';
import { usable } from './usable-range.js';

/** A range as somebody writes it. */
export interface RangeInput {
  readonly name: string;
  /** In CIDR: `192.168.124.81/24`. */
  readonly first: string;
  readonly last: string;
  readonly overlap?: boolean;
  readonly conduit?: string | null;
  readonly vlan?: number | null;
  readonly useVlan?: boolean | null;
  readonly useBridge?: boolean | null;
  readonly useTeam?: boolean | null;
  readonly teamMode?: number | null;
}

/** Everything that a range has to get along with. */
export interface Surroundings {
  readonly networks: readonly Pick<NetworkView, 'id' | 'name' | 'conduit'>[];
  readonly ranges: readonly RangeView[];
  readonly routers: readonly RouterView[];
}

type Host = Pick<NetworkView, 'id' | 'name' | 'configure'> & Attachment;

/** The range as it is kept, after all rules have been asked. `around` does not have it yet, or has it as it was. */
export const prepareRange = (
  id: NetworkRangeId,
  network: Host,
  input: RangeInput,
  around: Surroundings,
): NewRange | Refusal => {
  const read = refuseRangeName(input.name) ?? readRange(input);
  if (isRefusal(read)) return read;
  const { span, prefixLength } = read;
  const overlap = input.overlap ?? false;
  if (overlap && network.configure)
    return refuse(
      'invalid',
      `range ${input.name} may share addresses only where network ${network.name} is not configured by Anneal: say configure=false for the network, or no overlap for the range.`,
      { field: 'overlap' },
    );
  const others = around.ranges.filter((range) => range.id !== id);
  const twin = others.find((range) => range.networkId === network.id && range.name === input.name);
  if (twin)
    return refuse('already-exists', `network ${network.name} has a range ${input.name} already.`, { field: 'name' });
  const refusal =
    refuseOverlap(
      { name: input.name, span, overlap },
      others.map((range) => ({
        name: range.name,
        network: range.network,
        span: usable(range).span,
        overlap: range.overlap && range.networkId !== network.id,
      })),
    ) ?? refuseRouterInPool(input.name, span, around.routers);
  if (refusal) return refusal;

  const attachment = {
    conduit: input.conduit ?? null,
    vlan: input.vlan ?? null,
    useVlan: input.useVlan ?? null,
    useBridge: input.useBridge ?? null,
    useTeam: input.useTeam ?? null,
    teamMode: input.teamMode ?? null,
  };
  const inherited = inherit(network, attachment);
  const wrong =
    refuseAttachment(`range ${input.name} of network ${network.name}`, inherited) ??
    (attachment.conduit === null
      ? null
      : refuseConduits(
          { what: `range ${input.name}`, conduit: inherited.conduit },
          conduitsOf({ ...around, ranges: others }),
        ));
  if (wrong) return wrong;
  return {
    id,
    networkId: network.id,
    name: input.name,
    first: formatAddress({ family: span.family, value: span.first }),
    last: formatAddress({ family: span.family, value: span.last }),
    prefixLength,
    overlap,
    attachment,
  };
};

/** What a range says differently, on top of what its network says. */
export const inherit = (
  network: Attachment,
  own: { readonly [Key in keyof Attachment]: Attachment[Key] | null },
): Attachment => ({
  conduit: own.conduit ?? network.conduit,
  vlan: own.vlan ?? network.vlan,
  useVlan: own.useVlan ?? network.useVlan,
  useBridge: own.useBridge ?? network.useBridge,
  useTeam: own.useTeam ?? network.useTeam,
  teamMode: own.teamMode ?? network.teamMode,
});

/** All conduits that are in use, with whose they are. */
export const conduitsOf = ({
  networks,
  ranges,
}: Pick<Surroundings, 'networks' | 'ranges'>): { readonly what: string; readonly conduit: string }[] => [
  ...networks.map(({ name, conduit }) => ({ what: `network ${name}`, conduit })),
  ...ranges.flatMap(({ name, network, attachment }) =>
    attachment.conduit === null ? [] : [{ what: `range ${name} of network ${network}`, conduit: attachment.conduit }],
  ),
];

/** A router's address that a machine nobody knows might be given would take the whole subnet off the net. */
const refuseRouterInPool = (name: string, span: AddressSpan, routers: readonly RouterView[]): Refusal | null => {
  if (!isPool(name)) return null;
  const inside = routers.find(({ address }) => {
    const parsed = parseInterfaceAddress(address);
    return parsed !== null && spanHas(span, parsed.address);
  });
  if (!inside) return null;
  return refuse(
    'conflict',
    `range ${name} has the address ${inside.address} of the router of network ${inside.network}, which would be leased to machines: leave it out of the range.`,
    { field: 'first', router: inside.address },
  );
};
