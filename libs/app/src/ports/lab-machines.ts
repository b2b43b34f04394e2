import type { Refusal } from '#core';

/** A machine of the lab on this host, as its case shows it: what is known of it before it is a node. */
export interface LabMachineView {
  readonly name: string;
  readonly firmware: string;
  /** Of its first card, by which it asks for an address. */
  readonly mac: string;
  readonly on: boolean;
}

export interface LabView {
  readonly machines: readonly LabMachineView[];
  /** Why there are none; null where there are some. */
  readonly reason: string | null;
}

/**
 * The virtual machines that `npm run lab` made beside this Anneal: somebody who tries it presses their power buttons here.
 * Everything else that is done to a machine is done to the node that it becomes.
 */
export abstract class LabMachines {
  abstract list(): Promise<LabView>;
  /** Switches a machine on; one that is on stays as it is. Answers when its firmware runs. */
  abstract start(name: string): Promise<LabMachineView | Refusal>;
}
