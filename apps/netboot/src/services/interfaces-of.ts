import type { IpFamily } from '#core';
import type { LocalInterface } from '#netio';
import type { Place } from './places.js';

/** An interface that is served, with those of its addresses that are, and the link of the networks on it. */
export interface ServedInterface extends LocalInterface {
  /** Null on an interface that only the settings name: relayed packets are answered there. */
  readonly link: string | null;
  /** Families in which some network of its link has a subnet. */
  readonly families: ReadonlySet<IpFamily>;
}

/** The places by interface. */
export function interfacesOf(places: readonly Place[]): readonly ServedInterface[] {
  const names = [...new Set(places.map((place) => place.interface))].sort();
  return names.map((name) => {
    const here = places.filter((place) => place.interface === name);
    const networks = here.flatMap((place) => place.networks);
    return {
      name,
      mac: here[0]?.mac ?? null,
      addresses: here.map(({ family, address }) => ({ family, address, cidr: address })),
      link: networks[0]?.link ?? null,
      families: new Set(
        networks.length === 0
          ? here.map(({ family }) => family)
          : networks.flatMap(({ subnets }) => subnets.map(({ family }) => family)),
      ),
    };
  });
}
