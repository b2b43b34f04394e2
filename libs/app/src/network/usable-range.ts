import { parseAddress, parseInterfaceAddress, subnetOf, type Address, type AllocationRange } from '#core';
import type { RangeView } from '../ports/network-store.js';

/** A range as choosing an address needs it, with the row it comes from. */
export interface UsableRange extends AllocationRange {
  readonly view: RangeView;
}

export const usable = (view: RangeView): UsableRange => {
  const [first, last] = [parseAddress(view.first) as Address, parseAddress(view.last) as Address];
  return {
    view,
    name: view.name,
    prefixLength: view.prefixLength,
    span: { family: view.family, first: first.value, last: last.value },
    subnet: subnetOf(first, view.prefixLength),
  };
};

/** The address of a row that may have its prefix length behind it. */
export const hostOf = (address: string): Address =>
  (parseInterfaceAddress(address)?.address ?? parseAddress(address)) as Address;
