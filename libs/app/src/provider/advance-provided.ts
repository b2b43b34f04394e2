import { isRefusal, stepAfter, STEP_DEADLINES_MS, type Refusal, type ProviderStep } from '#core';
import { maskOf, NO_MASK, type Mask } from '../attrib/mask-secrets.js';
import { AdoptNode } from '../machine/adopt.js';
import type { ModelParts } from '../model-parts.js';
import type { Log } from '../ports/log.js';
import type { NodeProvider, ProviderDrivers } from '../ports/node-provider.js';
import type { KeyedProvider, ProvidedNode } from '../ports/provider-store.js';
import { ENGINE, type Transaction } from '../ports/unit-of-work.js';
import { openKey } from '../secret/kept-key.js';
import { AFTER_SURPRISE_MS, AGAIN_MS, CALL_DEADLINE_MS, HOLD_MS, RETURN_DEADLINE_MS, TURNS_MAX } from './limits.js';
import { keyNameOf, takeStep, wishOf, type StepEnd, type StepParts } from './take-step.js';

export interface AdvanceParts extends StepParts, Pick<ModelParts, 'ids' | 'vetoes' | 'schemas' | 'sealed'> {
  readonly drivers: ProviderDrivers;
  readonly log: Log;
  /** Another time than `HOLD_MS`; a shorter one lets a test see sooner what is picked up. */
  readonly holdMs?: number;
}

/**
 * Brings nodes that were asked of providers from step to step, and frees what those hold that are given back. Takes no
 * input: what is to be done is in the rows, and so is how far it came when a process was killed. A row is held while
 * something is done for it outside of any transaction; who comes late with an answer writes nothing. For the leader.
 */
export class AdvanceProvided {
  constructor(private readonly parts: AdvanceParts) {}

  /** Whether somebody had a turn. */
  async execute(): Promise<boolean> {
    const { unitOfWork, holdMs = HOLD_MS } = this.parts;
    const held = await unitOfWork.write(ENGINE, (tx) => tx.provided.hold(TURNS_MAX, holdMs));
    await Promise.all(held.map((node) => this.turn(node)));
    return held.length > 0;
  }

  private async turn(node: ProvidedNode): Promise<void> {
    const { unitOfWork, log } = this.parts;
    let mask = NO_MASK;
    try {
      const provider = await unitOfWork.read((tx) => tx.providers.keyed(node.providerId));
      if (!provider) return;
      const secret = this.secretOf(provider);
      // A cloud may repeat in its answer what it was asked with; what is written of it is read by everybody who looks.
      mask = maskOf([secret]);
      const driver = this.open(provider, secret);
      if (node.state === 'returning') return await this.giveBack(node, provider, driver, mask);
      const step = node.step as ProviderStep;
      const end: StepEnd = isRefusal(driver)
        ? { kind: 'not-yet', says: driver.detail, againMs: AFTER_SURPRISE_MS }
        : await takeStep(this.parts, step, { node, provider, driver });
      await this.write(node, provider, step, { ...end, says: mask(end.says) });
    } catch (cause) {
      log.error(`a step of ${node.name} went wrong, and is tried again`, cause);
      const says = `something unexpected happened, and is in the log: ${mask(messageOf(cause))}`;
      if (node.state === 'asked' && node.isOverdue)
        return await this.write(node, null, node.step as ProviderStep, { kind: 'failed', says });
      await unitOfWork.write(ENGINE, (tx) =>
        tx.provided.put(node.id, node.version, { says, againMs: AFTER_SURPRISE_MS }),
      );
    }
  }

  private secretOf({ id, secret }: KeyedProvider): string | null {
    return openKey(this.parts.secrets, secret, { place: 'providers', id });
  }

  private open(provider: KeyedProvider, secret: string | null): NodeProvider | Refusal {
    if (secret !== null) return this.parts.drivers.open({ ...provider, secret });
    return {
      refused: true,
      code: 'unavailable',
      detail: `the secret of provider ${provider.name} does not open with the key of this worker: give it the secrets.key of the installation, or set the secret anew`,
    };
  }

  private async write(
    node: ProvidedNode,
    provider: KeyedProvider | null,
    step: ProviderStep,
    end: StepEnd,
  ): Promise<void> {
    const { unitOfWork } = this.parts;
    if (end.kind === 'failed') return await this.fail(node, provider, step, end.says);
    if (end.kind === 'not-yet') {
      if (node.isOverdue) return await this.fail(node, provider, step, overdueSays(step, end.says));
      await unitOfWork.write(ENGINE, (tx) =>
        tx.provided.put(node.id, node.version, {
          ...end.change,
          says: end.says,
          againMs: end.againMs ?? AGAIN_MS,
        }),
      );
      return;
    }
    const written = await unitOfWork.write(ENGINE, (tx) => this.done(tx, node, provider as KeyedProvider, step, end));
    // Whatever refuses it now refuses it in a minute: a person has to look.
    if (isRefusal(written)) await this.fail(node, provider, step, written.detail);
  }

  private async done(
    tx: Transaction,
    node: ProvidedNode,
    provider: KeyedProvider,
    step: ProviderStep,
    end: StepEnd & { readonly kind: 'done' },
  ): Promise<null | Refusal> {
    const next = stepAfter(step);
    const entered = next === null ? await this.enter(tx, node, provider) : null;
    if (isRefusal(entered)) return entered;
    const written = await tx.provided.put(node.id, node.version, {
      ...end.change,
      ...(entered === null
        ? { step: next, withinMs: STEP_DEADLINES_MS[next as ProviderStep], says: '' }
        : { state: 'ready' as const, step: null, nodeId: entered, says: '' }),
    });
    // Somebody has taken it from us meanwhile; what was found is found again.
    if (!written) return entered === null ? null : MOVED;
    await tx.provided.answer(node.id, { step, answer: end.answer, says: end.says, seconds: node.stepAgeMs / 1_000 });
    if (end.offer) await tx.providers.putOffer(node.providerId, end.offer);
    const { name } = node;
    tx.tell({
      kind: 'provider.step',
      ...(entered === null ? {} : { nodeId: entered }),
      data: { name, provider: provider.name, step, answer: end.answer, says: end.says },
    });
    if (entered !== null)
      tx.tell({ kind: 'provider.node_ready', nodeId: entered, data: { name, provider: provider.name } });
    return null;
  }

  /** It becomes a node by the door that every machine takes which runs already. */
  private async enter(tx: Transaction, node: ProvidedNode, provider: KeyedProvider) {
    const { entry, name, address, hostKey } = node;
    if (address === null || hostKey === null) throw new Error(`${name} came through all steps without an address`);
    const sshPort = wishOf({ node, provider }).ssh_port;
    const made = await new AdoptNode(this.parts).within(tx, {
      ...entry,
      name,
      address,
      hostKey,
      ...(sshPort === undefined ? {} : { sshPort }),
      description: entry.description ?? `from provider ${provider.name}`,
    });
    return isRefusal(made) ? made : made.id;
  }

  private async fail(
    node: ProvidedNode,
    provider: KeyedProvider | null,
    step: ProviderStep,
    says: string,
  ): Promise<void> {
    await this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const written = await tx.provided.put(node.id, node.version, {
        state: 'returning',
        step: null,
        failed: true,
        withinMs: RETURN_DEADLINE_MS,
        says,
      });
      if (!written) return;
      await tx.provided.answer(node.id, { step, answer: 'no', says, seconds: node.stepAgeMs / 1_000 });
      tx.tell({
        kind: 'provider.node_failed',
        data: { name: node.name, provider: provider?.name ?? '', step, says },
      });
    });
  }

  private async giveBack(
    node: ProvidedNode,
    provider: KeyedProvider,
    driver: NodeProvider | Refusal,
    mask: Mask,
  ): Promise<void> {
    const held = {
      token: node.id,
      name: node.name,
      keyName: keyNameOf(node),
      key: node.keyRef,
      server: node.server,
      floating: node.floating,
    };
    const end = isRefusal(driver)
      ? ({ kind: 'not-yet', says: driver.detail, againMs: AFTER_SURPRISE_MS } as const)
      : await driver.giveBack(held, AbortSignal.timeout(CALL_DEADLINE_MS));
    const said = mask(end.says);
    const about = { name: node.name, provider: provider.name };
    await this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const { id, version, failed } = node;
      if (end.kind === 'done') {
        const nothing = { server: null, floating: null, keyRef: null, keySealed: null };
        const state = failed ? ('failed' as const) : ('returned' as const);
        const written = await tx.provided.put(id, version, {
          ...nothing,
          state,
          ...(failed ? {} : { says: said }),
        });
        if (written) tx.tell({ kind: 'provider.node_returned', data: about });
        return;
      }
      if (node.isOverdue) {
        const says = `something of it is left in the cloud: ${said}; free it there, or give it back once more`;
        const written = await tx.provided.put(id, version, { state: 'left', says });
        if (written) tx.tell({ kind: 'provider.node_left', data: { ...about, says } });
        return;
      }
      const againMs = ('againMs' in end ? end.againMs : undefined) ?? AGAIN_MS;
      await tx.provided.put(id, version, { againMs, ...(failed ? {} : { says: said }) });
    });
  }
}

const MOVED: Refusal = { refused: true, code: 'unavailable', detail: 'somebody else has changed it meanwhile' };

const overdueSays = (step: ProviderStep, says: string): string =>
  `${says}; given up after ${STEP_DEADLINES_MS[step] / 60_000} min`;

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
