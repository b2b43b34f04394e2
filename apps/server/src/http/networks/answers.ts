/** Networks, ranges and allocations as the API shows them: flat, and with addresses in CIDR. */
import { cidrOf, type AddressPlan, type AllocationView, type RangeView, type WholeNetwork } from '#app';

export const rangeAnswer = ({ attachment, ...range }: RangeView) => ({
  ...range,
  ...attachment,
  first: `${range.first}/${range.prefixLength}`,
  last: `${range.last}/${range.prefixLength}`,
});

export const allocationAnswer = (allocation: AllocationView) => ({ ...allocation, address: cidrOf(allocation) });

export const networkAnswer = ({ network, ranges, routers }: WholeNetwork) => ({
  ...network,
  ranges: ranges.map(rangeAnswer),
  routers,
});

/** Counts of addresses are text: a /64 has more of them than a number can tell apart. */
export const planAnswer = ({ network, subnets, conflicts }: AddressPlan) => ({
  network: network.name,
  subnets: subnets.map((subnet) => ({
    ...subnet,
    ranges: subnet.ranges.map((range) => ({ ...range, size: String(range.size), free: String(range.free) })),
  })),
  conflicts,
});
