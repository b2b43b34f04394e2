import {
  isPowerAction,
  isRefusal,
  refuse,
  type PowerAction,
  type PowerMethod,
  type PowerState,
  type Refusal,
} from '#core';
import type { ModelParts } from '../model-parts.js';
import { WaitAcknowledged, type Acknowledged } from '../netboot/wait-acknowledged.js';
import { nodeNamed } from '../named.js';
import type { MachinePower, PowerOffer } from '../ports/machine-power.js';
import type { NodeView } from '../ports/node-store.js';
import { ENGINE, type Actor } from '../ports/unit-of-work.js';

/** A reading may take this long, in milliseconds: two ways of asking, and a BMC that is busy. */
export const POWER_READ_MS = 12_000;
/** An action may take this long, in milliseconds: servers take up to half a minute to go off and on again. */
export const POWER_ACT_MS = 75_000;
/**
 * Of that, netboot may take this long to take in what the node is to boot, in milliseconds. A server that lives needs a
 * fraction of a second; one that does not is not worth a longer wait, because somebody has to see to it.
 */
export const POWER_NETBOOT_MS = 10_000;

/** After these the firmware runs, or will run another way: what it is answered then has to be what was decided before. */
const BOOTING: ReadonlySet<PowerAction> = new Set<PowerAction>(['on', 'cycle', 'reset', 'boot-network']);

export interface NodePowerView {
  readonly node: string;
  readonly state: PowerState;
  /** By which way it was read. */
  readonly method: PowerMethod;
  /** Why the state is unknown. */
  readonly reason: string | null;
  readonly actions: readonly PowerOffer[];
}

/** Whether a node is on, and what can be done about it. Asks the machine. */
export class ReadPower {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'power'>) {}

  async execute(input: { readonly node: string }): Promise<NodePowerView | Refusal> {
    const found = await reachable(this.parts, input.node);
    if (isRefusal(found)) return found;
    const { node, power } = found;
    const [reading, actions] = [await power.state(node.id, POWER_READ_MS), await power.actions(node.id)];
    if (reading.state !== 'unknown' && (reading.method === 'redfish' || reading.method === 'ipmi'))
      await this.parts.unitOfWork.write(ENGINE, (tx) => tx.bmcs.noteLogin(node.id));
    return { node: node.name, ...reading, actions };
  }
}

export interface PowerDone {
  readonly node: string;
  readonly action: PowerAction;
  /** `asked`: a person has to do it, and `says` what. */
  readonly outcome: 'done' | 'asked';
  readonly method: PowerMethod;
  readonly says: string;
}

/**
 * Switches a node because somebody said so. It is told to the history before it is tried and when it has ended, so that a
 * machine that went off is never a riddle. A node that something runs on is switched all the same: who asks for power knows
 * why, and the runs find out by themselves. What makes a machine boot waits until every netboot server answers from what is
 * decided now, so that a boot environment that was set before is the one that it gets; where no netboot was ever to boot
 * machines, there is nobody to wait for.
 */
export class SwitchPower {
  private readonly acknowledged: WaitAcknowledged;

  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'power' | 'clock'>) {
    this.acknowledged = new WaitAcknowledged(parts.unitOfWork);
  }

  async execute(
    actor: Actor,
    input: { readonly node: string; readonly action: string; readonly seconds?: number; readonly signal?: AbortSignal },
  ): Promise<PowerDone | Refusal> {
    const found = await reachable(this.parts, input.node);
    if (isRefusal(found)) return found;
    const { node, power } = found;
    const { action } = input;
    if (!isPowerAction(action)) return unsupported(node.name, action, await power.actions(node.id));
    const began = this.parts.clock.now();
    const tooEarly = BOOTING.has(action) ? await this.refuseTooEarly(node.name, action, input.signal) : null;
    if (tooEarly) return tooEarly;
    await this.tell(actor, node, 'power.asked', { action });
    const result = await power.act(node.id, action, {
      deadlineMs: Math.max(POWER_ACT_MS - POWER_NETBOOT_MS, POWER_ACT_MS - (this.parts.clock.now() - began)),
      ...(input.seconds === undefined ? {} : { identifySeconds: input.seconds }),
      ...(input.signal ? { signal: input.signal } : {}),
    });
    switch (result.kind) {
      case 'done':
      case 'asked': {
        const { kind: outcome, method, says } = result;
        await this.tell(actor, node, 'power.done', { action, outcome, method, says });
        return { node: node.name, action, outcome, method, says };
      }
      case 'failed': {
        const { method, reason, effect } = result;
        await this.tell(actor, node, 'power.failed', { action, method, reason, effect });
        return refuse('machine-failed', `${node.name} was not switched (${action}): ${reason}.`, {
          action,
          method,
          effect,
        });
      }
      case 'unsupported':
        return unsupported(node.name, action, await power.actions(node.id));
    }
  }

  /** Nothing has been done to the machine when this refuses. */
  private async refuseTooEarly(node: string, action: PowerAction, signal?: AbortSignal): Promise<Refusal | null> {
    const said = await this.acknowledged.execute({
      servers: 'booting',
      deadlineMs: POWER_NETBOOT_MS,
      ...(signal ? { signal } : {}),
    });
    const why = whyNot(said);
    return why === null
      ? null
      : refuse('unavailable', `${node} was left as it is (${action}), because it could boot something else: ${why}.`, {
          action,
          generation: said.generation,
        });
  }

  private tell(actor: Actor, node: NodeView, kind: string, data: Record<string, string>): Promise<void> {
    return this.parts.unitOfWork.write(actor, (tx) => {
      tx.tell({ kind, nodeId: node.id, deploymentId: node.deploymentId, data });
      return Promise.resolve();
    });
  }
}

const whyNot = (said: Acknowledged): string | null => {
  switch (said.kind) {
    case 'acknowledged':
      return null;
    case 'no-server':
      return said.stopped.length === 0
        ? null
        : `netboot was told to stop on ${said.stopped.join(', ')}; start it, or forget it with \`anneal netboot delete\``;
    case 'late':
      return `after ${POWER_NETBOOT_MS / 1_000} s, ${said.detail}`;
    case 'aborted':
      return 'nobody waits for it any more';
  }
};

const unsupported = (node: string, action: string, offers: readonly PowerOffer[]): Refusal => {
  const actions = offers.map((offer) => offer.action);
  const can = actions.length === 0 ? 'it has no power that could be switched' : `it can do ${actions.join(', ')}`;
  return refuse('unsupported-action', `${node} has no way to ${action.slice(0, 64)}: ${can}.`, {
    action: action.slice(0, 64),
    actions,
  });
};

const reachable = async (
  { unitOfWork, power }: Pick<ModelParts, 'unitOfWork' | 'power'>,
  key: string,
): Promise<{ node: NodeView; power: MachinePower } | Refusal> => {
  const node = await unitOfWork.read((tx) => nodeNamed(tx, key));
  if (isRefusal(node)) return node;
  return power ? { node, power } : refuse('unavailable', 'this process reaches no machines.');
};
