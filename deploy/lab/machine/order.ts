/**
 * What a QEMU machine of the lab is made of. It is decided once, when the machine is made, and kept in its folder: what
 * switches it on later (a BMC, another command) builds the same machine from it.
 */

/** `bios`: SeaBIOS, with iPXE in the card's ROM. `uefi`: OVMF with its own drivers. `secure`: the same, with Microsoft's keys enrolled. */
export const FIRMWARES = ['bios', 'uefi', 'secure'] as const;
export type Firmware = (typeof FIRMWARES)[number];

/** What the machine tries first when it is switched on; the other comes after it. */
export type BootFirst = 'network' | 'disk';

/** Ways of OVMF to boot from the network that are left out, so that the one in question comes first. */
export type LeftOut = 'pxe4' | 'pxe6';

export interface DiskOrder {
  readonly mebibytes: number;
  /** Up to 20 characters: more than that no virtio disk tells. */
  readonly serial: string;
  readonly bus?: 'virtio' | 'sata';
}

export interface MachineOrder {
  /** Name on this host, `anl0-machine-1`. */
  readonly name: string;
  /** Network namespace with the wire, where QEMU lives. */
  readonly namespace: string;
  readonly firmware: Firmware;
  readonly memoryMebibytes: number;
  readonly processors: number;
  readonly uuid: string;
  readonly serial: string;
  /** A card for each, in this order; each is plugged into the tap of the same place. */
  readonly cards: readonly { readonly mac: string; readonly tap: string }[];
  readonly disks: readonly DiskOrder[];
  readonly bootFirst: BootFirst;
  readonly leaveOut: readonly LeftOut[];
}

export const MEMORY_MEBIBYTES = 768;
/** An image of Debian unpacks to about a gigabyte, and is grown. Disks are sparse files. */
export const DISK_MEBIBYTES = 6_144;
