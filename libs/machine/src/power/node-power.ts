import {
  MachinePower,
  type BmcBook,
  type DriverResult,
  type NodeSession,
  type PowerDriver,
  type PowerFacts,
  type PowerOffer,
  type PowerOptions,
  type PowerReading,
  type PowerResult,
} from '#app';
import { askPerson, powerMethodsFor, powerOffers, type NodeId, type PowerAction, type PowerMethod } from '#core';
import { IpmiPower } from './ipmi/ipmi-power.js';
import { RedfishPower } from './redfish/redfish-power.js';
import { RedfishService } from './redfish/service.js';
import { SshPower } from './ssh-power.js';

/** A reading is not worth waiting longer for by one way when there is another. */
const SHARE_OF_TIME = 0.6;

/**
 * The power of nodes: looks up how a node is reached, and takes the best way that works. When a way fails, the next one is
 * tried with the time that is left; but a cycle or a reset that may have happened is never asked for a second time. A
 * person is asked only where no program has a way, and not where programs failed: then somebody should know why first.
 */
export class NodePower extends MachinePower {
  private readonly open = new Set<PowerDriver>();

  constructor(
    private readonly book: BmcBook,
    /** Null where there is no key to log in to nodes with. */
    private readonly session: NodeSession | null,
    private readonly options: { readonly offMs?: number } = {},
  ) {
    super();
  }

  override async state(node: NodeId, deadlineMs: number): Promise<PowerReading> {
    const facts = await this.book.factsOf(node);
    if (facts === null) return { state: 'unknown', method: 'manual', reason: 'there is no such node' };
    const endsAt = performance.now() + deadlineMs;
    const reasons: string[] = facts.unusable === null ? [] : [facts.unusable];
    let method: PowerMethod = 'manual';
    for (const way of ['redfish', 'ipmi', 'ssh'] as const) {
      const driver = this.driver(way, node, facts);
      if (driver === null) continue;
      method = way;
      try {
        const reading = await driver.state(Math.max(1, (endsAt - performance.now()) * SHARE_OF_TIME));
        if (reading.kind === 'read' && reading.state !== 'unknown')
          return { state: reading.state, method: way, reason: null };
        reasons.push(reading.kind === 'failed' ? reading.reason : 'it does not say');
      } finally {
        await this.done(driver);
      }
    }
    return {
      state: 'unknown',
      method,
      reason: reasons.join('; ') || `${facts.name} has no BMC, and nobody answers there`,
    };
  }

  override async act(node: NodeId, action: PowerAction, options: PowerOptions): Promise<PowerResult> {
    const facts = await this.book.factsOf(node);
    if (facts === null) return { kind: 'failed', method: 'manual', reason: 'there is no such node', effect: 'none' };
    const methods = powerMethodsFor(action, facts.ways);
    const endsAt = performance.now() + options.deadlineMs;
    let failed: PowerResult | null = null;
    if (facts.unusable !== null) failed = { kind: 'failed', method: 'manual', reason: facts.unusable, effect: 'none' };
    for (const [index, method] of methods.entries()) {
      if (method === 'manual') {
        return failed ?? { kind: 'asked', method, says: askPerson(action, facts.name) };
      }
      const driver = this.driver(method, node, facts);
      if (driver === null) continue;
      const more = methods.slice(index + 1).some((each) => each !== 'manual');
      const left = endsAt - performance.now();
      const result = await this.attempt(driver, action, { ...options, deadlineMs: more ? left * SHARE_OF_TIME : left });
      if (result.kind === 'done') return { ...result, method };
      if (result.kind === 'failed') {
        const reason: string = failed?.kind === 'failed' ? `${failed.reason}; ${result.reason}` : result.reason;
        failed = { ...result, method, reason };
        if ((result.effect === 'unknown' && isCounted(action)) || options.signal?.aborted) return failed;
      }
    }
    return failed ?? { kind: 'unsupported', actions: powerOffers(facts.ways).map((offer) => offer.action) };
  }

  override async actions(node: NodeId): Promise<readonly PowerOffer[]> {
    const facts = await this.book.factsOf(node);
    return facts === null ? [] : powerOffers(facts.ways);
  }

  override async close(): Promise<void> {
    await Promise.allSettled([...this.open].map((driver) => this.done(driver)));
  }

  private async attempt(driver: PowerDriver, action: PowerAction, options: PowerOptions): Promise<DriverResult> {
    try {
      return await driver.act(action, options);
    } finally {
      await this.done(driver);
    }
  }

  private async done(driver: PowerDriver): Promise<void> {
    if (this.open.delete(driver)) await driver.close();
  }

  private driver(method: 'redfish' | 'ipmi' | 'ssh', node: NodeId, facts: PowerFacts): PowerDriver | null {
    const made = this.make(method, node, facts);
    if (made) this.open.add(made);
    return made;
  }

  private make(method: 'redfish' | 'ipmi' | 'ssh', node: NodeId, facts: PowerFacts): PowerDriver | null {
    const { bmc, firmware, uuid } = facts;
    if (method === 'ssh') return facts.ways.ssh && this.session ? new SshPower(this.session, facts.reach) : null;
    if (bmc === null || !bmc.protocols.includes(method)) return null;
    const uefi = firmware === null ? null : firmware === 'uefi';
    if (method === 'ipmi') return new IpmiPower(bmc, { ...this.options, uefi: uefi === true });
    const service = new RedfishService(bmc, uuid, (certificate) => this.book.pin(node, certificate));
    return new RedfishPower(service, { ...this.options, uefi });
  }
}

/** Twice is not the same as once. */
const isCounted = (action: PowerAction): boolean => action === 'cycle' || action === 'reset';
