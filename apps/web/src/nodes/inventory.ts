import type { Node } from '../api/types';

/** What a machine said of itself, as the API gives it. A machine that was written down by hand has parts of it, or nothing. */
export interface Inventory {
  readonly system?: Partial<Record<'vendor' | 'product' | 'serial' | 'asset_tag' | 'uuid' | 'kind', string | null>>;
  readonly cpu?: {
    readonly model?: string | null;
    readonly sockets?: number;
    readonly cores?: number;
    readonly threads?: number;
  };
  readonly memory?: {
    readonly bytes?: number;
    readonly modules?: readonly {
      readonly slot: string;
      readonly bytes: number;
      readonly mt_per_second: number | null;
    }[];
  };
  readonly firmware?: {
    readonly mode?: 'bios' | 'uefi';
    readonly vendor?: string | null;
    readonly version?: string | null;
    readonly date?: string | null;
    readonly secure_boot?: boolean | null;
    readonly tpm?: string | null;
  };
  readonly network?: {
    readonly interfaces?: readonly {
      readonly name: string;
      readonly mac: string;
      readonly speeds?: readonly number[];
      readonly driver?: string | null;
      readonly model?: string | null;
    }[];
  };
  readonly links?: readonly {
    readonly name: string;
    readonly up: boolean;
    readonly mbit_per_second: number | null;
    readonly neighbour: { readonly switch: string; readonly port: string } | null;
  }[];
  readonly disks?: readonly Disk[];
  readonly raid?: readonly { readonly bus_path: string; readonly model: string; readonly driver: string | null }[];
  readonly bmc?: Partial<Record<'address' | 'mac' | 'vendor' | 'firmware', string | null>> | null;
  readonly pci?: readonly {
    readonly bus_path: string;
    readonly id: string;
    readonly class: string;
    readonly name: string | null;
  }[];
  readonly kernel?: string;
  readonly architecture?: string;
}

export interface Disk {
  readonly name: string;
  readonly id: string;
  readonly bytes: number;
  readonly model?: string | null;
  readonly bus_path?: string | null;
  readonly rotational?: boolean;
  readonly removable?: boolean;
  readonly read_only?: boolean;
  readonly transport?: string | null;
  readonly holds?: readonly string[];
}

export const inventoryOf = (node: Node): Inventory => (node.inventory ?? {}) as Inventory;

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** A size in the unit that leaves a small number: `16 GiB`, `1.8 TiB`. */
export const sizeOf = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
};
