import { networkInterfaces } from 'node:os';
import type { IpFamily } from '#core';

/** An interface of this machine, in this network namespace, as it is now. */
export interface LocalInterface {
  readonly name: string;
  /** Bytes of its hardware address; null where it has none of six bytes. */
  readonly mac: readonly number[] | null;
  readonly addresses: readonly { readonly family: IpFamily; readonly address: string; readonly cidr: string }[];
}

/** Those that are up and have an address; not the loopback. */
export function localInterfaces(): readonly LocalInterface[] {
  const found: LocalInterface[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    const outward = (addresses ?? []).filter(({ internal }) => !internal);
    if (outward.length === 0) continue;
    found.push({
      name,
      mac: bytesOfMac(outward[0]?.mac),
      addresses: outward.map(({ family, address, cidr }) => ({
        family: family === 'IPv4' ? 4 : 6,
        address,
        cidr: cidr ?? address,
      })),
    });
  }
  return found;
}

/** Null for interfaces whose hardware addresses are longer, or that have none. */
function bytesOfMac(mac: string | undefined): readonly number[] | null {
  const bytes = (mac ?? '').split(':').map((octet) => Number.parseInt(octet, 16));
  return bytes.length === 6 && bytes.some((byte) => byte > 0) ? bytes : null;
}
