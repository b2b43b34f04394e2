import { seenBoot, type NodeId } from '#core';
import { storeOutputs } from '../attrib/store-outputs.js';
import { FinishRun } from '../engine/finish-run.js';
import type { Clock } from '../ports/clock.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';
import { applyInstall } from './apply-install.js';

/** A machine that was seen to boot, by whoever saw it. */
export interface BootSeen {
  readonly node: NodeId;
  /** The boot session. */
  readonly session: string;
  /** What it booted. */
  readonly bootenv: string;
}

/**
 * Looks whether a boot fits the install that owns the machine. One that starts again while its disk is being written has
 * lost its order, and the install ends now rather than at its deadline. To be called in the transaction in which the boot
 * session becomes the node's.
 */
export class SeenBoot {
  private readonly finishRun: FinishRun;

  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork; readonly clock: Clock }) {
    this.finishRun = new FinishRun(parts.unitOfWork, parts.clock, storeOutputs);
  }

  async within(tx: Transaction, boot: BootSeen): Promise<void> {
    const install = await tx.installs.lockOpenOf(boot.node);
    if (!install) return;
    const now = this.parts.clock.now();
    const decision = seenBoot(install, { ...boot, at: now, now });
    if (decision) await applyInstall(tx, decision, this.finishRun);
  }
}
