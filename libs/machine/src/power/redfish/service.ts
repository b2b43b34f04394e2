import type { BmcLogin } from '#app';
import type { JsonObject } from '#core';
import type { Deadline } from '../until.js';
import {
  complaintOf,
  isOverloaded,
  linkIn,
  linksIn,
  objectIn,
  RedfishClient,
  SERVICE_ROOT,
  textIn,
  type Answer,
  type NoAnswer,
} from './client.js';
import { quirksOf, type Product, type Quirks } from './quirks.js';

/** Something a Redfish service did not do, and whether it certainly left the machine as it was. */
export interface Failure {
  readonly kind: 'failed';
  readonly reason: string;
  readonly effect: 'none' | 'unknown';
  readonly final: boolean;
}

export interface Resource {
  readonly path: string;
  readonly body: JsonObject;
  readonly etag: string | null;
}

export interface FoundSystem extends Resource {
  readonly product: Product;
  readonly quirks: Quirks;
}

/** Tries of a PATCH whose ETag was overtaken. */
const ETAG_TRIES = 4;
/** Between two looks at a written value or at a task, in milliseconds. */
const LOOK_EVERY_MS = 400;

export const failure = (reason: string, effect: Failure['effect'] = 'none', final = false): Failure => ({
  kind: 'failed',
  reason,
  effect,
  final,
});

export const isFailure = (value: unknown): value is Failure =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'failed';

/**
 * What all Redfish work is made of: finding the machine's system, reading resources, changing them with their ETag, waiting
 * for tasks, and looking until what was written is there. No write counts before it was read back.
 */
export class RedfishService {
  readonly client: RedfishClient;
  private found: { readonly path: string; readonly product: Product; readonly quirks: Quirks } | null = null;

  constructor(
    private readonly login: BmcLogin,
    private readonly uuid: string | null,
    pin: (certificate: string) => Promise<boolean>,
  ) {
    this.client = new RedfishClient(login, pin);
  }

  async read(path: string, deadline: Deadline): Promise<Resource | Failure> {
    const answer = await this.client.read(path, deadline);
    if (answer.kind === 'no-answer') return failure(answer.reason, 'none', answer.final);
    if (answer.status !== 200) return failure(`${this.client.where} answered ${path} with ${complaintOf(answer)}`);
    return { path, body: answer.body, etag: answer.etag };
  }

  /** The system that is this machine, fresh. */
  async system(deadline: Deadline): Promise<FoundSystem | Failure> {
    if (this.found === null) {
      const found = await this.find(deadline);
      if (isFailure(found)) return found;
      this.found = found;
    }
    const resource = await this.read(this.found.path, deadline);
    return isFailure(resource) ? resource : { ...this.found, ...resource };
  }

  /** Posts to an action or a collection, and waits for the task that it may start. Sent once. */
  async post(path: string, body: JsonObject, deadline: Deadline): Promise<Answer | Failure> {
    const answer = await this.client.ask({ method: 'POST', path, body }, deadline);
    return this.ended(answer, deadline);
  }

  async remove(path: string, deadline: Deadline): Promise<Answer | Failure> {
    return this.ended(await this.client.ask({ method: 'DELETE', path }, deadline), deadline);
  }

  /**
   * Changes a resource: with its ETag where it has one (DSP0266 §7.5), again with a new one when another change came between,
   * and then looks until `isThere` says so. A service that takes a write and ignores it fails here.
   */
  async change(
    resource: Resource,
    body: JsonObject,
    isThere: (now: JsonObject) => boolean,
    quirks: Quirks,
    deadline: Deadline,
    seenAt = resource.path,
  ): Promise<Resource | Failure> {
    let { etag } = resource;
    let answer: Answer | Failure = failure(`${this.client.where} had no time`);
    for (let tried = 0; tried < ETAG_TRIES; tried += 1) {
      const ifMatch = quirks.ifMatch === 'any' ? '*' : quirks.ifMatch === 'etag' ? (etag ?? undefined) : undefined;
      const asked = await this.client.ask(
        { method: 'PATCH', path: resource.path, body, ...(ifMatch === undefined ? {} : { ifMatch }) },
        deadline,
      );
      const overtaken = asked.kind === 'answer' && (asked.status === 412 || asked.status === 428);
      const busy = asked.kind === 'answer' && isOverloaded(asked.status);
      if (!overtaken && !busy) {
        answer = await this.ended(asked, deadline);
        break;
      }
      answer = failure(`${this.client.where} refused the change: ${complaintOf(asked)}`);
      if (busy) await deadline.pause(LOOK_EVERY_MS * 2 ** tried);
      const fresh = await this.read(resource.path, deadline);
      if (isFailure(fresh)) return fresh;
      ({ etag } = fresh);
      // The answer was an error, the change was made.
      if (busy && seenAt === resource.path && isThere(fresh.body)) return fresh;
    }
    if (isFailure(answer)) return answer;
    return this.seen(seenAt, isThere, quirks, deadline);
  }

  /** Looks at a resource until it is as it should be. */
  async seen(
    path: string,
    isThere: (now: JsonObject) => boolean,
    quirks: Quirks,
    deadline: Deadline,
  ): Promise<Resource | Failure> {
    const patience = deadline.within(quirks.readBackMs);
    let last: Resource | Failure = failure(
      `${this.client.where} took the change of ${path}, and no time is left to look`,
      'unknown',
    );
    while (!deadline.isOver) {
      const now = await this.read(path, deadline);
      if (!isFailure(now) && isThere(now.body)) return now;
      // A look that the deadline cut short says less than the one before it.
      if (!isFailure(now) || !deadline.isOver) last = now;
      if (patience.isOver) break;
      await patience.pause(LOOK_EVERY_MS);
    }
    return isFailure(last)
      ? { ...last, effect: 'unknown' }
      : failure(`${this.client.where} took the change of ${path}, and does not show it`, 'unknown');
  }

  async close(deadline: Deadline): Promise<void> {
    await this.client.close(deadline);
  }

  private async find(deadline: Deadline): Promise<NonNullable<RedfishService['found']> | Failure> {
    const root = await this.read(SERVICE_ROOT, deadline);
    if (isFailure(root)) return root;
    const path = await this.pathOfSystem(root, deadline);
    if (typeof path !== 'string') return path;
    const system = await this.read(path, deadline);
    if (isFailure(system)) return system;
    const product = {
      vendor: textIn(root.body['Vendor']) ?? textIn(system.body['Manufacturer']) ?? '',
      model: textIn(system.body['Model']) ?? '',
      firmware: await this.firmware(system, deadline),
    };
    return { path, product, quirks: quirksOf(product) };
  }

  private async pathOfSystem(root: Resource, deadline: Deadline): Promise<string | Failure> {
    if (this.login.system !== null) return this.login.system;
    const systems = linkIn(root.body['Systems']);
    if (systems === null)
      return failure(`${this.client.where} has no systems: it is no BMC of a machine`, 'none', true);
    const collection = await this.read(systems, deadline);
    if (isFailure(collection)) return collection;
    const members = linksIn(collection.body['Members']);
    if (members.length === 1) return members[0]!;
    for (const member of members) {
      const system = await this.read(member, deadline);
      if (!isFailure(system) && this.uuid !== null && textIn(system.body['UUID'])?.toLowerCase() === this.uuid)
        return member;
    }
    return failure(
      `${this.client.where} has ${members.length} systems (${members.slice(0, 8).join(', ')}); say which is this machine with \`anneal nodes bmc set NODE --system PATH\``,
      'none',
      true,
    );
  }

  /** Of the manager; empty when it does not say. Quirks that need it are then not applied. */
  private async firmware(system: Resource, deadline: Deadline): Promise<string> {
    const [manager] = linksIn(objectIn(system.body['Links'])['ManagedBy']);
    if (manager === undefined) return '';
    const resource = await this.read(manager, deadline);
    return isFailure(resource) ? '' : (textIn(resource.body['FirmwareVersion']) ?? '');
  }

  /** Follows a task to its end (DSP0266 §12.2); everything else has ended already. */
  private async ended(answer: Answer | NoAnswer, deadline: Deadline): Promise<Answer | Failure> {
    if (answer.kind === 'no-answer')
      return failure(answer.reason, answer.sent && !answer.final ? 'unknown' : 'none', answer.final);
    if (answer.status !== 202) {
      if (answer.status < 300) return answer;
      const effect = answer.status >= 500 ? 'unknown' : 'none';
      return failure(`${this.client.where} refused: ${complaintOf(answer)}`, effect, answer.status === 403);
    }
    const monitor = answer.location ?? linkIn(answer.body) ?? textIn(answer.body['@odata.id']);
    // Nothing to follow: the look at the result has to do.
    if (monitor === null) return answer;
    while (!deadline.isOver) {
      const task = await this.client.read(monitor, deadline);
      if (task.kind === 'no-answer') return failure(task.reason, 'unknown', task.final);
      const state = textIn(task.body['TaskState']);
      // A monitor is gone once its answer has been fetched.
      if (task.status === 404) return answer;
      if (state !== null && BAD_ENDS.has(state))
        return failure(`${this.client.where}: its task ended as ${state}`, 'unknown');
      if (task.status !== 202 && (state === null || GOOD_ENDS.has(state))) return task;
      await deadline.pause(LOOK_EVERY_MS);
    }
    return failure(`${this.client.where} did not end its task in time`, 'unknown');
  }
}

const GOOD_ENDS: ReadonlySet<string> = new Set(['Completed']);
const BAD_ENDS: ReadonlySet<string> = new Set(['Exception', 'Killed', 'Cancelled']);
