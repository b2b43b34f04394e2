import {
  claimsOf,
  identify,
  idOf,
  isRefusal,
  refuse,
  refuseDocument,
  textOf,
  TICKET_MS_MAX,
  type BootTicket,
  type JsonObject,
  type NodeId,
  type Refusal,
} from '#core';
import type { ModelParts } from '../model-parts.js';
import { checkNodeFields } from '../node/check-fields.js';
import type { TokenId } from '../ports/access-store.js';
import type { KeptBootSession } from '../ports/machine-store.js';
import type { BootSessionId } from '../ports/model-ids.js';
import type { NodeView } from '../ports/node-store.js';
import type { Secrets } from '../ports/secrets.js';
import { ENGINE, type Transaction } from '../ports/unit-of-work.js';
import { beginBootSession } from './begin-boot-session.js';
import { checkTicket, refuseOtherMachine } from './check-ticket.js';
import { adminAddresses, enrolmentAnswer, type Enrolled } from './enrolment-answer.js';
import { lockKnown, updateKnown } from './known-machine.js';
import { ANSWERS_MAX, ATTEMPTS_MAX, REPEAT_MS_MAX } from './limits.js';
import { makeMachine } from './new-machine.js';
import { tellTurnedAway, turnAway } from './turn-away.js';

export interface EnrolMachineInput {
  readonly ticket: string;
  readonly inventory: JsonObject;
  /** Of the system that booted, as in known_hosts. */
  readonly hostKey: string;
  /** The kernel's id of this boot. */
  readonly bootId: string;
  /** Where the request came from. */
  readonly address: string;
}

export type EnrolmentParts = Pick<ModelParts, 'unitOfWork' | 'ids' | 'clock' | 'vetoes' | 'schemas' | 'sealed'> & {
  readonly secrets: Secrets;
};

/** The node is to be made, and for that the shape of the graph must be held first. */
const BECOMES_NEW = Symbol('becomes new');

/**
 * A machine that netboot booted says what it is, and becomes a node, or is the node it was. Its ticket is the proof, good
 * once and for the machine it was made for; what the machine may do from there on it does with the token that it gets, which
 * ends with this boot. Whoever is turned away is told why, and so is the history.
 */
export class EnrolMachine {
  constructor(private readonly parts: EnrolmentParts) {}

  async execute(input: EnrolMachineInput): Promise<Enrolled | Refusal> {
    const { unitOfWork, clock, secrets } = this.parts;
    const fields = checkNodeFields({ hostKey: input.hostKey });
    if (isRefusal(fields)) return fields;
    const tooLarge = refuseDocument('the inventory', input.inventory);
    if (tooLarge) return tooLarge;
    const ticket = await unitOfWork.read((tx) => checkTicket(tx, secrets, input.ticket, clock.now()));
    // Without a seal of ours nothing in it is true, and nobody is told of a node that a stranger names.
    if (isRefusal(ticket)) return await this.turnedAway(ticket, null, input);
    const enrolled = refuseOtherMachine(ticket, input.inventory) ?? (await this.enrol(ticket, input));
    return isRefusal(enrolled) ? await this.turnedAway(enrolled, ticket, input) : enrolled;
  }

  private async enrol(ticket: BootTicket, input: EnrolMachineInput): Promise<Enrolled | Refusal> {
    for (let attempt = 0, isNew = false; attempt < ATTEMPTS_MAX; attempt += 1) {
      const done = await this.parts.unitOfWork.write(ENGINE, (tx) => this.within(tx, ticket, input, isNew));
      if (done !== BECOMES_NEW) return done;
      isNew = true;
    }
    return refuse('unavailable', 'the node of this machine was made and deleted meanwhile: ask again.');
  }

  private async within(
    tx: Transaction,
    ticket: BootTicket,
    input: EnrolMachineInput,
    mayMake: boolean,
  ): Promise<Enrolled | Refusal | typeof BECOMES_NEW> {
    const { parts } = this;
    if (mayMake) await tx.bindings.changeShape();
    else await tx.bindings.keepShape();
    const bootSession = idOf<BootSessionId>(ticket.boot);
    const digest = parts.secrets.hashOf(JSON.stringify([input.ticket, input.inventory, input.hostKey, input.bootId]));
    const used = await tx.machines.lockSession(bootSession);
    if (used) return await this.again(tx, used, digest, input);
    if ((await tx.machines.workerKeys()).length === 0)
      return refuse('unavailable', 'no worker has said yet by which key it logs in: start one, and ask again.');

    const claims = withBooted(claimsOf(input.inventory), ticket);
    const madeAt = ticket.expires - TICKET_MS_MAX;
    const told = { inventory: input.inventory, claims, mac: ticket.mac };
    const identity = identify(claims, await tx.machines.alike(claims));
    if (identity.kind === 'contradiction')
      return turnAway('contradiction', identity.says + '.', { nodes: [...identity.nodes] });
    if (identity.kind === 'new' && !mayMake) return BECOMES_NEW;
    let node: NodeView;
    let because: readonly string[] = [];
    if (identity.kind === 'new') {
      const made = await makeMachine(tx, parts, { ...told, address: input.address, bootenv: ticket.bootenv });
      if (isRefusal(made)) return made;
      ({ node, because } = made);
    } else {
      const known = await lockKnown(tx, identity, ticket, madeAt);
      if (isRefusal(known)) return known;
      const refusal = await updateKnown(tx, parts, known, told);
      if (refusal) return refusal;
      node = known;
    }

    const [allocated] = await adminAddresses(tx, node.id);
    const hasBegun = await beginBootSession(tx, {
      id: bootSession,
      nodeId: node.id,
      system: 'memory',
      bootenv: ticket.bootenv,
      madeAt: new Date(madeAt),
      bootId: input.bootId,
      address: input.address,
      digest,
      hostKey: input.hostKey,
      reachedAt: allocated?.address ?? input.address,
    });
    if (!hasBegun) return USED;
    tx.tell({
      kind: 'machine.enrolled',
      nodeId: node.id,
      deploymentId: node.deploymentId,
      data: {
        name: node.name,
        boot_session: bootSession,
        known_by: identity.kind === 'known' ? identity.by : null,
        ...(identity.kind === 'new' && identity.note ? { note: identity.note } : {}),
        ...(because.length > 0 ? { because: [...because] } : {}),
      },
    });
    return await this.answer(tx, node, bootSession);
  }

  /** The same machine asks the same again, because it did not hear the answer: it gets one more. Everybody else has copied the ticket. */
  private async again(
    tx: Transaction,
    used: KeptBootSession,
    digest: Uint8Array,
    input: EnrolMachineInput,
  ): Promise<Enrolled | Refusal> {
    const isSame =
      used.digest !== null &&
      isEqual(used.digest, digest) &&
      used.address === input.address &&
      used.isCurrent &&
      used.answers < ANSWERS_MAX &&
      used.ageMs <= REPEAT_MS_MAX;
    const node = isSame && used.nodeId !== null ? await tx.nodes.find(used.nodeId) : null;
    if (!node) return USED;
    await tx.machines.answeredAgain(used.id);
    return await this.answer(tx, node, used.id);
  }

  private async answer(
    tx: Transaction,
    node: { readonly id: NodeId; readonly name: string },
    bootSession: BootSessionId,
  ): Promise<Enrolled> {
    const { secret, hash, prefix } = this.parts.secrets.make();
    await tx.access.insertToken({
      id: this.parts.ids.next<TokenId>(),
      name: 'machine',
      hash,
      prefix,
      role: 'node',
      userId: null,
      nodeId: node.id,
      runId: null,
      bootSessionId: bootSession,
      expiresInS: null,
    });
    return await enrolmentAnswer(tx, node, { token: secret, bootSession });
  }

  private async turnedAway(refusal: Refusal, ticket: BootTicket | null, input: EnrolMachineInput): Promise<Refusal> {
    // Whatever is tried again by itself is no news.
    if (refusal.code === 'unavailable') return refusal;
    const { uuid, macs, serial } = claimsOf(input.inventory);
    await tellTurnedAway(this.parts.unitOfWork, refusal, {
      nodeId: ticket?.node ?? null,
      facts: {
        address: input.address,
        boot: ticket?.boot ?? null,
        bootenv: ticket?.bootenv ?? null,
        uuid,
        macs: macs.slice(0, MACS_TOLD_MAX),
        serial: serial?.slice(0, TEXT_TOLD_MAX) ?? null,
        product: textOf(input.inventory, 'system', 'product')?.slice(0, TEXT_TOLD_MAX) ?? null,
      },
    });
    return refusal;
  }
}

/** What is told of a machine that is turned away comes from a stranger, so it is kept short. */
const MACS_TOLD_MAX = 4;
const TEXT_TOLD_MAX = 100;

const USED = turnAway('used', 'this boot ticket has been used: boot the machine again.');

/** The card that it booted from is looked for too, where the inventory does not count it as a card. */
const withBooted = (claims: ReturnType<typeof claimsOf>, { mac }: BootTicket): typeof claims =>
  mac === null || claims.macs.includes(mac) ? claims : { ...claims, macs: [...claims.macs, mac] };

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);
