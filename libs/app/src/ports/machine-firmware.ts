import type { BiosAttributes, DriveFacts, NodeId, VolumeFacts, WantedVolume } from '#core';

/** Why something was not done to a machine's firmware, and whether it certainly was left as it was. */
export interface FirmwareFailure {
  readonly kind: 'failed';
  readonly reason: string;
  readonly effect: 'none' | 'unknown';
}

export interface BiosReading {
  readonly kind: 'bios';
  readonly vendor: string;
  readonly attributes: BiosAttributes;
}

export interface StorageReading {
  readonly kind: 'storage';
  /** Of each controller, by the path under which it makes volumes. */
  readonly controllers: readonly {
    readonly path: string;
    readonly drives: readonly DriveFacts[];
    readonly volumes: readonly VolumeFacts[];
  }[];
}

export interface FirmwareOptions {
  /** Milliseconds for the whole call. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/**
 * What can be set on a machine from outside of it, by its BMC: attributes of the BIOS, volumes of RAID controllers. The
 * driver is chosen by how the node's BMC is reached; Redfish is the one there is. Every write is read back.
 */
export abstract class MachineFirmware {
  abstract readBios(node: NodeId, options: FirmwareOptions): Promise<BiosReading | FirmwareFailure>;
  /** Wishes for the next start; `done` once they are among the pending ones. */
  abstract wishBios(
    node: NodeId,
    attributes: BiosAttributes,
    options: FirmwareOptions,
  ): Promise<{ readonly kind: 'done' } | FirmwareFailure>;
  abstract readStorage(node: NodeId, options: FirmwareOptions): Promise<StorageReading | FirmwareFailure>;
  /** Deletes one volume, and with it what is on it; `done` once it is gone. */
  abstract removeVolume(
    node: NodeId,
    volume: VolumeFacts,
    options: FirmwareOptions,
  ): Promise<{ readonly kind: 'done' } | FirmwareFailure>;
  /** Makes one volume on a controller; `done` once it is there. */
  abstract makeVolume(
    node: NodeId,
    controller: string,
    volume: WantedVolume,
    options: FirmwareOptions,
  ): Promise<{ readonly kind: 'done' } | FirmwareFailure>;
}
