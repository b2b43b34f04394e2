import { MachinePower, type PowerOptions, type PowerResult } from '#app';
import type { NodeId, PowerAction } from '#core';
import type { SimulatedPower } from '../power/simulated-power.js';

/** The BMCs of a fleet. */
export class FleetPower extends MachinePower {
  constructor(
    private readonly powers: ReadonlyMap<NodeId, SimulatedPower>,
    /** Before anything is done; what it throws is a worker that vanishes. */
    private readonly before: (node: NodeId, action: PowerAction) => void,
  ) {
    super();
  }

  override async state() {
    return { state: 'on', method: 'redfish', reason: null } as const;
  }

  override async act(node: NodeId, action: PowerAction, options: PowerOptions): Promise<PowerResult> {
    const driver = this.powers.get(node);
    this.before(node, action);
    if (!driver) return { kind: 'unsupported', actions: [] };
    const said = await driver.act(action, options);
    return said.kind === 'unsupported' ? { kind: 'unsupported', actions: [] } : { ...said, method: 'redfish' };
  }

  override async actions() {
    return [];
  }

  override async close(): Promise<void> {}
}
