import { beginInstall, isRefusal, refuse, type InstallOrder, type NodeId, type OrderWay, type Refusal } from '#core';
import type { Clock } from '../ports/clock.js';
import type { OrderTokens } from '../ports/order-tokens.js';
import { ENGINE, type Transaction, type UnitOfWork } from '../ports/unit-of-work.js';
import { applyInstall } from './apply-install.js';
import { contentBaseFor, reachableApi } from './content-base.js';
import { orderOf } from './order-of.js';
import { isReplay, tellReplayed } from './tell-replayed.js';

export interface BeginInstallInput {
  readonly node: NodeId;
  readonly via: OrderWay;
  /** Whether it may take the place of an order that went out over SSH and was never heard of. */
  readonly again?: boolean;
  /** The boot session that asks, where it is known. */
  readonly session: string | null;
  readonly apiUrl: string;
  /** Base of what netboot serves, as this machine reaches it; looked up when absent. */
  readonly contentBase?: string;
  /** Where the request came from. */
  readonly address: string | null;
}

/**
 * Gives the order of an install out, once: the tokens are made now, only their digests are kept, and in the same transaction
 * the machine's boot environment becomes that of its local disk. Whoever asks a second time gets nothing, and the history
 * hears of it (R19).
 */
export class BeginInstall {
  constructor(
    private readonly parts: { readonly unitOfWork: UnitOfWork; readonly clock: Clock; readonly tokens: OrderTokens },
  ) {}

  async execute(input: BeginInstallInput): Promise<InstallOrder | Refusal> {
    let asked = '';
    const order = await this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const install = (await tx.installs.lockOpenOf(input.node)) ?? (await lastOf(tx, input.node));
      if (!install) return refuse('not-found', 'no install was planned for this machine.');
      asked = install.id;
      const tokens = { order: this.parts.tokens.make(), join: this.parts.tokens.make() };
      const decision = beginInstall(install, {
        via: input.via,
        again: input.again ?? false,
        session: input.session,
        hashes: { token: tokens.order.hash, join: tokens.join.hash },
        now: this.parts.clock.now(),
      });
      if (isRefusal(decision)) return decision;
      const contentBase = input.contentBase ?? (await contentBaseFor(tx, input.node));
      if (contentBase === null && install.plan.image.content)
        return refuse('unavailable', 'no netboot server serves images over HTTP: see `anneal netboot list`.');
      const { order: made, problems } = await orderOf(tx, decision.install, tokens, {
        apiUrl: reachableApi(input.apiUrl, contentBase),
        contentBase,
      });
      const log = [...decision.log, ...problems.map(({ refusal }) => refusal.detail)];
      await applyInstall(tx, { ...decision, log }, null);
      return made;
    });
    if (isRefusal(order) && isReplay(order))
      await tellReplayed(this.parts.unitOfWork, order, { install: asked, what: 'order', address: input.address });
    return order;
  }
}

/** The one that ended last, so that it can be told that its order was asked for again. */
const lastOf = async (tx: Transaction, node: NodeId) => {
  const last = (await tx.installs.latestOf([node])).get(node);
  return last ? tx.installs.lock(last.id) : null;
};
