import { isRefusal, refuse, SELECTOR_KEYS, type HookSelector, type JsonObject, type Refusal } from '#core';
import { mergePatch } from '../merge-patch.js';
import type { HookSink, HookView } from '../ports/hook-store.js';
import type { HookId } from '../ports/model-ids.js';
import type { IdSource } from '../ports/id-source.js';
import type { SecretBox } from '../ports/secret-box.js';
import type { Actor, UnitOfWork } from '../ports/unit-of-work.js';
import { sealKey } from '../secret/kept-key.js';
import { refuseStale } from '../stale.js';

interface Parts {
  readonly unitOfWork: UnitOfWork;
  readonly ids: IdSource;
  readonly secrets?: SecretBox;
}

export interface CreateHookInput {
  readonly name: string;
  readonly selector?: HookSelector;
  readonly sink: HookSink;
  /** Signs a webhook's requests; shown never again. */
  readonly signingKey?: string;
  /** Milliseconds that one delivery may take. */
  readonly deadlineMs?: number;
}

const NAME = /^[A-Za-z0-9][-_.:A-Za-z0-9]{0,126}$/;
const DEADLINE_MS_DEFAULT = 10_000;
const DEADLINE_MS = { min: 100, max: 300_000 };

/** Makes a hook; it hears of what happens from now on. */
export class CreateHook {
  constructor(private readonly parts: Parts) {}

  execute(actor: Actor, input: CreateHookInput): Promise<HookView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      if (!NAME.test(input.name))
        return refuse(
          'invalid',
          `"${input.name}" is no name for a hook: use letters, digits, - _ . : and begin with a letter or digit.`,
          { field: 'name' },
        );
      const wrong = refuseHook(input);
      if (wrong) return wrong;
      const id = this.parts.ids.next<HookId>();
      const signingKey = keptKey(this.parts, id, input.signingKey);
      if (isRefusal(signingKey)) return signingKey;
      const made = await tx.hooks.insert({
        id,
        name: input.name,
        roleId: null,
        selector: input.selector ?? {},
        sink: input.sink,
        signingKey: signingKey ?? null,
        deadlineMs: input.deadlineMs ?? DEADLINE_MS_DEFAULT,
      });
      if (!made)
        return refuse(
          'already-exists',
          `there is a hook named "${input.name}" already: choose another name, or change that one.`,
          { field: 'name' },
        );
      tx.tell({ kind: 'hook.created', data: { hook: input.name } });
      return (await tx.hooks.find(id)) as HookView;
    });
  }
}

export interface UpdateHookInput extends Partial<Omit<CreateHookInput, 'name' | 'selector' | 'signingKey'>> {
  readonly hook: string;
  /** A merge patch: a key that is null goes away. */
  readonly selector?: { readonly [Key in keyof HookSelector]?: string | null };
  /** Null: requests are signed no more. */
  readonly signingKey?: string | null;
  readonly version?: number;
  readonly active?: boolean;
}

/** Changes a hook. Its place in the history stays, and what it failed at is tried again at once. */
export class UpdateHook {
  constructor(private readonly parts: Parts) {}

  execute(actor: Actor, input: UpdateHookInput): Promise<HookView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const hook = await tx.hooks.find(input.hook, { lock: true });
      if (!hook) return noHook(input.hook);
      const stale = refuseStale(`hook ${hook.name}`, hook, input.version);
      if (stale) return stale;
      const selector =
        input.selector && (mergePatch(hook.selector as JsonObject, input.selector as JsonObject) as HookSelector);
      const { sink, signingKey, deadlineMs, active } = input;
      const wrong = refuseHook({ selector, sink, deadlineMs });
      if (wrong) return wrong;
      if (hook.role && (input.sink ?? input.selector))
        return refuse(
          'invalid',
          `the hook ${hook.name} comes with the role ${hook.role}: change it in the role's barclamp, or switch it off with active=false.`,
        );
      const kept = keptKey(this.parts, hook.id, signingKey);
      if (isRefusal(kept)) return kept;
      await tx.hooks.update(hook.id, {
        selector,
        sink,
        deadlineMs,
        active,
        ...(kept === undefined ? {} : { signingKey: kept }),
      });
      tx.tell({ kind: 'hook.updated', data: { hook: hook.name } });
      return (await tx.hooks.find(hook.id)) as HookView;
    });
  }
}

const keptKey = <Key extends string | null | undefined>(
  { secrets }: Parts,
  id: HookId,
  key: Key,
): string | Refusal | (Key & (null | undefined)) =>
  typeof key === 'string' ? sealKey(secrets, key, { place: 'hooks', id }) : (key as Key & (null | undefined));

/** Deletes a hook that an operator made. */
export class DeleteHook {
  constructor(private readonly parts: Parts) {}

  execute(actor: Actor, input: { readonly hook: string; readonly version?: number }): Promise<null | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const hook = await tx.hooks.find(input.hook, { lock: true });
      if (!hook) return noHook(input.hook);
      const stale = refuseStale(`hook ${hook.name}`, hook, input.version);
      if (stale) return stale;
      if (hook.role)
        return refuse(
          'still-bound',
          `the hook ${hook.name} comes with the role ${hook.role} and goes with it; switch it off with active=false.`,
        );
      await tx.hooks.delete(hook.id);
      tx.tell({ kind: 'hook.deleted', data: { hook: hook.name } });
      return null;
    });
  }
}

export const noHook = (key: string): Refusal =>
  refuse('not-found', `there is no hook "${key}": \`anneal hooks list\` shows those there are.`, { key });

const refuseHook = (input: {
  readonly selector?: HookSelector;
  readonly sink?: HookSink;
  readonly deadlineMs?: number;
}): Refusal | null => {
  const unknown = Object.keys(input.selector ?? {}).find((key) => !(SELECTOR_KEYS as readonly string[]).includes(key));
  if (unknown)
    return refuse('invalid', `a selector has no "${unknown}": use ${SELECTOR_KEYS.join(', ')}.`, { field: 'selector' });
  const { sink, deadlineMs } = input;
  if (sink?.kind === 'webhook' && !isHttp(sink.url))
    return refuse('invalid', `"${sink.url}" is no address for a webhook: use http://… or https://….`, {
      field: 'sink.url',
    });
  if (sink?.kind === 'rerun')
    return refuse(
      'invalid',
      'only the hook of a role runs noderoles again: write it under "events" in the role’s barclamp.',
      { field: 'sink' },
    );
  if (deadlineMs !== undefined && (deadlineMs < DEADLINE_MS.min || deadlineMs > DEADLINE_MS.max))
    return refuse(
      'invalid',
      `a deadline of ${deadlineMs} ms is out of range: use ${DEADLINE_MS.min} to ${DEADLINE_MS.max}.`,
      { field: 'deadline_ms' },
    );
  return null;
};

const isHttp = (url: string): boolean =>
  URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol) && !new URL(url).username;
