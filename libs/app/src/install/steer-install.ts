import { isRefusal, isOpenPhase, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { CancelNodeRole } from '../node-role/cancel-node-role.js';
import { RetryNodeRole } from '../node-role/retry-node-role.js';
import type { InstallView } from '../ports/install-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { ShowInstall } from './read-installs.js';

type Parts = Pick<ModelParts, 'unitOfWork' | 'clock'>;

/** Cancels an install by cancelling its run: its token is void and its machine boots discovery when this returns (R35). */
export class CancelInstall {
  private readonly show: ShowInstall;
  private readonly cancel: CancelNodeRole;

  constructor(parts: Parts) {
    this.show = new ShowInstall(parts);
    this.cancel = new CancelNodeRole(parts);
  }

  async execute(actor: Actor, input: { readonly install: string }): Promise<InstallView | Refusal> {
    const install = await this.show.execute(input);
    if (isRefusal(install)) return install;
    if (!isOpenPhase(install.phase))
      return refuse('wrong-state', `the install has ended already: it is ${install.phase}.`, { phase: install.phase });
    const cancelled = await this.cancel.execute(actor, { nodeRole: install.nodeRoleId, run: install.runId });
    return isRefusal(cancelled) ? cancelled : this.show.execute(input);
  }
}

/** Installs again what failed or was cancelled, or, confirmed with the node's name, what had succeeded. A person's decision. */
export class RetryInstall {
  private readonly show: ShowInstall;
  private readonly retry: RetryNodeRole;

  constructor(parts: Parts) {
    this.show = new ShowInstall(parts);
    this.retry = new RetryNodeRole(parts);
  }

  async execute(
    actor: Actor,
    input: { readonly install: string; readonly confirm?: string },
  ): Promise<InstallView | Refusal> {
    const install = await this.show.execute(input);
    if (isRefusal(install)) return install;
    const { confirm } = input;
    const retried = await this.retry.execute(actor, {
      nodeRole: install.nodeRoleId,
      ...(confirm === undefined ? {} : { confirm }),
    });
    return isRefusal(retried) ? retried : this.show.execute(input);
  }
}
