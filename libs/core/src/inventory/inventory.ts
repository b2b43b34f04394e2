import type { NetworkInventory } from '../netconfig/index.js';

/**
 * What a machine is, as it found out about itself: the one document that discovery reports and everything else reads. Facts
 * only. What is not known is null or empty, never guessed. Sizes are bytes, speeds Mbit/s; addresses are in lower case.
 */
export interface Inventory {
  /** Version of this document; it grows when a reader could misunderstand an older writer. */
  readonly version: 1;
  readonly system: SystemFacts;
  readonly cpu: CpuFacts;
  readonly memory: MemoryFacts;
  readonly firmware: FirmwareFacts;
  readonly network: NetworkInventory;
  /** By name of the card: link, speed now, and who is at the other end. */
  readonly links: readonly LinkFacts[];
  readonly disks: readonly DiskFacts[];
  readonly raid: readonly RaidController[];
  readonly bmc: BmcFacts | null;
  readonly pci: readonly PciDevice[];
  /** The system that reported. */
  readonly kernel: string;
  /** `x86_64`, `aarch64`. */
  readonly architecture: string;
}

export interface SystemFacts {
  /** SMBIOS UUID in the text order of RFC 4122, lower case; null where there is none, or one that many machines share. */
  readonly uuid: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly serial: string | null;
  readonly assetTag: string | null;
  /** `physical`, `virtual`, `container`. */
  readonly kind: string;
}

export interface CpuFacts {
  readonly model: string | null;
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
  readonly flags: readonly string[];
}

export interface MemoryFacts {
  readonly bytes: number;
  readonly modules: readonly { readonly slot: string; readonly bytes: number; readonly mtPerSecond: number | null }[];
}

export interface FirmwareFacts {
  readonly mode: 'bios' | 'uefi';
  readonly vendor: string | null;
  readonly version: string | null;
  readonly date: string | null;
  /** Null where the firmware cannot do it. */
  readonly secureBoot: boolean | null;
  /** `2.0`, `1.2`; null without one. */
  readonly tpm: string | null;
}

export interface LinkFacts {
  readonly name: string;
  readonly up: boolean;
  readonly mbitPerSecond: number | null;
  /** From LLDP (IEEE 802.1AB). */
  readonly neighbour: { readonly switch: string; readonly port: string } | null;
}

export interface DiskFacts {
  /** As the kernel calls it now, `sda`. It may be another one after the next boot: never a name to keep. */
  readonly name: string;
  /** How the same disk is found again: the first of WWN, serial and bus path that is there, with its kind before it. */
  readonly id: DiskId;
  readonly bytes: number;
  readonly sectorBytes: number;
  readonly model: string | null;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly busPath: string | null;
  readonly rotational: boolean;
  readonly removable: boolean;
  readonly readOnly: boolean;
  /** `nvme`, `sata`, `sas`, `usb`, `virtio`, …; null where unknown. */
  readonly transport: string | null;
  /** What is on it: partition table, file system, RAID or LVM member; empty for a blank one. */
  readonly holds: readonly string[];
}

/** `wwn:0x5000c500a1b2c3d4`, `serial:S3Z8NB0K`, `path:pci-0000:00:1f.2-ata-1`. */
export type DiskId = string;

export interface RaidController {
  readonly busPath: string;
  readonly model: string;
  readonly driver: string | null;
}

export interface BmcFacts {
  readonly address: string | null;
  readonly mac: string | null;
  readonly vendor: string | null;
  readonly firmware: string | null;
  /** Channel that its LAN settings belong to. */
  readonly channel: number | null;
}

export interface PciDevice {
  readonly busPath: string;
  /** `vvvv:dddd`, hex. */
  readonly id: string;
  readonly class: string;
  readonly name: string | null;
}
