import { GraphDraft, markChanged, selects } from '#core';
import type { InProcessSink, WebhookSender } from '../ports/hook-sink.js';
import type { DueHook, HookEvent, WantedLetter } from '../ports/hook-store.js';
import type { SecretBox } from '../ports/secret-box.js';
import { openKey } from '../secret/kept-key.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';

/** Events that one hook is told of in one turn, at the most. */
export const EVENTS_PER_TURN_MAX = 500;
/** Letters that are sent once more in one round, at the most. */
const LETTERS_PER_ROUND_MAX = 500;
/** Deliveries of one event that may fail before it is buried and the next one has its turn. */
export const DELIVERIES_MAX = 8;
/** First pause after a failure, in milliseconds; it doubles up to the longest. */
export const RETRY_FIRST_MS = 1_000;
export const RETRY_MS_MAX = 300_000;

export interface DeliverParts {
  readonly unitOfWork: UnitOfWork;
  readonly webhooks: WebhookSender;
  readonly inProcess: ReadonlyMap<string, InProcessSink>;
  /** Opens signing keys. */
  readonly secrets?: SecretBox | undefined;
}

/**
 * Tells hooks of what happened: each in its own pace, in order, at least once. A hook that fails makes nobody else wait,
 * and never the one who changed something. Takes no input: each hook's position says what it has not heard of yet.
 */
export class DeliverHooks {
  constructor(private readonly parts: DeliverParts) {}

  /** One round. Resolves to whether some hook has more to hear of. */
  async execute(): Promise<boolean> {
    const { due, letters } = await this.parts.unitOfWork.read(async (tx) => ({
      due: await tx.hooks.due(),
      letters: await tx.hooks.wantedLetters(LETTERS_PER_ROUND_MAX),
    }));
    const more = await Promise.all([
      ...due.map((hook) => this.turn(hook)),
      ...[...byHook(letters)].map((ofOne) => this.sendLetters(ofOne)),
    ]);
    return more.includes(true) || letters.length === LETTERS_PER_ROUND_MAX;
  }

  /** Each once: what fails again stays buried until somebody asks once more. */
  private async sendLetters(letters: readonly WantedLetter[]): Promise<boolean> {
    for (const { hook, event } of letters) {
      const error = await this.tryTo(hook, event);
      await this.parts.unitOfWork.write(ENGINE, async (tx) => {
        if (error === null) await tx.hooks.unbury(hook.id, event.seq);
        else await tx.hooks.bury(hook.id, event, error);
      });
    }
    return false;
  }

  private async turn(hook: DueHook): Promise<boolean> {
    const { events, heard } = await this.parts.unitOfWork.read((tx) =>
      tx.hooks.eventsAfter(hook.position, EVENTS_PER_TURN_MAX, hook.selector.kind),
    );
    const wanted = events.filter((event) => selects(hook.selector, event));
    if (hook.sink.kind === 'rerun') {
      await this.rerun(hook, wanted.length > 0, heard);
      return events.length === EVENTS_PER_TURN_MAX;
    }
    for (const event of wanted) if (!(await this.deliver(hook, event))) return false;
    await this.parts.unitOfWork.write(ENGINE, (tx) => tx.hooks.advance(hook.id, heard));
    return events.length === EVENTS_PER_TURN_MAX;
  }

  /** Many events make one re-run (R12): the mark is set once, and taken off when the run is planned. */
  private async rerun(hook: DueHook, heard: boolean, position: number): Promise<void> {
    const { roleId } = hook;
    await this.parts.unitOfWork.write(ENGINE, async (tx) => {
      if (heard && roleId) {
        const graph = await tx.graph.slice({ nodeRoleIds: await tx.hooks.nodeRolesOf(roleId) });
        const draft = new GraphDraft(graph);
        for (const nodeRole of graph.nodeRoles.values())
          if (nodeRole.roleId === roleId) markChanged(draft, nodeRole.id);
        await tx.graph.save(graph, draft.decision());
      }
      await tx.hooks.advance(hook.id, position);
    });
  }

  /** Whether the hook is done with this event: it took it, or it refused it too often. */
  private async deliver(hook: DueHook, event: HookEvent): Promise<boolean> {
    const error = await this.tryTo(hook, event);
    if (error !== null) return this.failed(hook, event, error);
    await this.parts.unitOfWork.write(ENGINE, (tx) => tx.hooks.advance(hook.id, event.seq));
    return true;
  }

  /** Sends once; the error in words, null when it was taken. The key is the same however often it is sent. */
  private async tryTo(hook: DueHook, event: HookEvent): Promise<string | null> {
    const key = `${hook.id}:${event.seq}`;
    const signal = AbortSignal.timeout(hook.deadlineMs);
    try {
      await within(signal, this.send(hook, event, key, signal));
      return null;
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause);
    }
  }

  private send(hook: DueHook, event: HookEvent, key: string, signal: AbortSignal): Promise<void> {
    if (hook.sink.kind === 'webhook') {
      const kept = hook.signingKey;
      const signingKey = kept === null ? null : openKey(this.parts.secrets, kept, { place: 'hooks', id: hook.id });
      // Unsigned it would be thrown away at the other end, or worse, believed.
      if (kept !== null && signingKey === null) return Promise.reject(new Error(NO_KEY));
      return this.parts.webhooks.send({ url: hook.sink.url, event, key, signingKey, signal });
    }
    const name = hook.sink.kind === 'inproc' ? hook.sink.name : '';
    const sink = this.parts.inProcess.get(name);
    if (!sink)
      return Promise.reject(
        new Error(
          `this version has no in-process sink named "${name}"; it has ${[...this.parts.inProcess.keys()].join(', ') || 'none'}`,
        ),
      );
    return sink(event, key, signal);
  }

  private async failed(hook: DueHook, event: HookEvent, error: string): Promise<boolean> {
    // Failures count for the event that the hook stands before; any event in between starts anew.
    const before = event.seq - 1;
    const failures = (hook.position <= before && hook.failures > 0 ? hook.failures : 0) + 1;
    const buried = failures >= DELIVERIES_MAX;
    const retryInMs = Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MS_MAX);
    await this.parts.unitOfWork.write(ENGINE, async (tx) => {
      if (buried) {
        await tx.hooks.bury(hook.id, event, error);
        await tx.hooks.advance(hook.id, event.seq);
        tx.tell({ kind: 'hook.buried', data: { hook: hook.name, event: event.seq, error } });
      } else await tx.hooks.fail(hook.id, { position: before, error, retryInMs });
    });
    return buried;
  }
}

const NO_KEY =
  'its signing key does not open with the key of this worker: give it the secrets.key of the installation, or set the signing key anew';

const byHook = (letters: readonly WantedLetter[]): Iterable<WantedLetter[]> => {
  const ofHook = new Map<string, WantedLetter[]>();
  for (const letter of letters) ofHook.set(letter.hook.id, [...(ofHook.get(letter.hook.id) ?? []), letter]);
  return ofHook.values();
};

/** Rejects when the signal is aborted first: a sink that does not listen must not hold the loop. */
const within = (signal: AbortSignal, work: Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('it did not answer before its deadline'));
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
