import { Dhcp6Server, RaServer } from '#netio';
import type { DhcpParts } from './dhcp4-service.js';
import { interfacesOf } from './interfaces-of.js';
import { Keeper } from './keeper.js';
import type { Service } from './service.js';

/** DUID-UUID, RFC 6355 §4: it is as lasting as the id of this netboot server. */
const DUID_UUID = [0, 4];

export const duidOf = (id: string): Uint8Array =>
  Uint8Array.from([...DUID_UUID, ...Buffer.from(id.replaceAll('-', ''), 'hex')]);

/** Addresses and boot files over DHCPv6, on every interface whose link has an IPv6 network. */
export function dhcp6Service(parts: DhcpParts, port: number | null, duid: Uint8Array): Service {
  const { view, book, journal, decideBoot, servesNames, packets, log } = parts;
  return {
    keeper: new Keeper('dhcp6', log),
    off: port === null ? 'ANNEAL_DHCP6 is off' : null,
    wanted: (places) =>
      new Map(
        port === null
          ? []
          : interfacesOf(places)
              .filter(({ families }) => families.has(6))
              .map(({ name, link }) => [
                `${name} ${link ?? ''}`,
                async () => {
                  const server = new Dhcp6Server({
                    interfaces: [{ name, link }],
                    world: { view, book, duid, decideBoot, servesNames, rapidCommit: true },
                    leases: journal,
                    sink: packets,
                    port,
                  });
                  await server.start();
                  return { says: `${name} port ${port}`, stop: () => server.stop() };
                },
              ]),
      ),
  };
}

/** Router advertisements, without which no host asks DHCPv6. */
export function raService({ view, packets, servesNames, log }: DhcpParts, isOn: boolean): Service {
  return {
    keeper: new Keeper('ra', log),
    off: isOn ? null : 'ANNEAL_RA is off',
    wanted: (places) =>
      new Map(
        isOn
          ? interfacesOf(places).flatMap(({ name, link, families, mac }) =>
              link === null || mac === null || !families.has(6)
                ? []
                : [
                    [
                      `${name} ${link}`,
                      async () => {
                        const server = new RaServer({ interfaces: [{ name, link }], view, servesNames, sink: packets });
                        server.start();
                        return { says: name, stop: async () => server.stop() };
                      },
                    ] as const,
                  ],
            )
          : [],
      ),
  };
}
