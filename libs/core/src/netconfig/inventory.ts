import type { Json } from '../base/json.js';

/**
 * What is known of a node's network cards. It stands in the node's inventory under `network`, as discovery reports it; a
 * node that has not reported yet is asked by the network jig itself. Only facts: which card is meant by a conduit is
 * decided elsewhere.
 */
export interface NetworkInventory {
  /** The machine's product name as SMBIOS has it (`PowerEdge R740`), for interface maps; null where there is none. */
  readonly product: string | null;
  readonly interfaces: readonly NetworkCard[];
}

export interface NetworkCard {
  /** As the kernel calls it now: `eno1`. */
  readonly name: string;
  /** The card's own address, which stays when a bond gives it another: lower case, colons. */
  readonly mac: string;
  /** The way to it over the PCI bus, `0000:00/0000:00:1c.0/0000:03:00.0`; null for what is on no bus, as in a container. */
  readonly busPath: string | null;
  /** Which port of that device, where one device has several. */
  readonly port: number;
  /** Speeds it can do in Mbit/s, ascending; empty when it does not say, as the cards of most virtual machines. */
  readonly speeds: readonly number[];
  readonly driver: string | null;
  /** What the card is called, where the machine knows. */
  readonly model: string | null;
}

/** More than this is no machine that we know of; the rest is left out. */
export const NETWORK_CARDS_MAX = 256;

/** Reads the `network` part of an inventory. Null when there is none; a card without name or MAC is left out. */
export function readNetworkInventory(inventory: Json | undefined): NetworkInventory | null {
  const network = member(inventory, 'network');
  const listed = member(network, 'interfaces');
  if (!Array.isArray(listed)) return null;
  const interfaces = (listed as readonly Json[]).slice(0, NETWORK_CARDS_MAX).flatMap((entry) => {
    const name = text(member(entry, 'name'));
    const mac = text(member(entry, 'mac'))?.toLowerCase();
    if (name === null || !mac || !MAC.test(mac)) return [];
    const speeds = member(entry, 'speeds');
    const port = member(entry, 'port');
    return [
      {
        name,
        mac,
        busPath: text(member(entry, 'bus_path')),
        port: typeof port === 'number' ? port : 0,
        speeds: (Array.isArray(speeds) ? (speeds as readonly Json[]) : [])
          .filter((speed): speed is number => typeof speed === 'number' && speed > 0)
          .sort((a, b) => a - b),
        driver: text(member(entry, 'driver')),
        model: text(member(entry, 'model')),
      },
    ];
  });
  return { product: text(member(network, 'product')), interfaces };
}

/** The same as it is written into an inventory. */
export const networkInventoryJson = ({ product, interfaces }: NetworkInventory): Json => ({
  product,
  interfaces: interfaces.map(({ name, mac, busPath, port, speeds, driver, model }) => ({
    name,
    mac,
    bus_path: busPath,
    port,
    speeds,
    driver,
    model,
  })),
});

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

const member = (value: Json | undefined, key: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)[key]
    : undefined;

const text = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);
