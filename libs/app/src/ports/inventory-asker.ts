import type { JsonObject } from '#core';
import type { Reach } from './jig.js';

export type AskedInventory =
  | {
      readonly kind: 'told';
      /** The document of an inventory, version 1; what a running system does not tell is null or empty. */
      readonly inventory: JsonObject;
      /** The kernel's id of its boot. */
      readonly bootId: string;
      /** The host key that it was reached by. */
      readonly hostKey: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** Asks a machine that runs, over SSH as root, what it is. Nothing on it is changed. */
export abstract class InventoryAsker {
  /** Within `deadlineMs`. A machine that nobody has pinned is asked by the key that it offers. Never throws for what a machine does. */
  abstract ask(reach: Reach, deadlineMs: number): Promise<AskedInventory>;
}
