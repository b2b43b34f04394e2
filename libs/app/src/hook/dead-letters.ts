import { isRefusal, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { DeadLetter } from '../ports/hook-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { Actor } from '../ports/unit-of-work.js';
import { noHook } from './change-hooks.js';

/**
 * What a hook could not be told of, for a person: to see what was missed, and to have it told once more when whoever
 * listens is well again.
 */

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ListDeadLetters {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly hook: string }, query: ListQuery): Promise<Page<DeadLetterView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const hook = await tx.hooks.find(input.hook);
      if (!hook) return noHook(input.hook);
      const page = await tx.hooks.letters(hook.id, query);
      if (isRefusal(page)) return page;
      return { ...page, items: page.items.map(({ seq, ...letter }) => ({ event: seq, ...letter })) };
    });
  }
}

export type DeadLetterView = Omit<DeadLetter, 'seq'> & {
  /** The number of the event. */
  readonly event: number;
};

/** Has letters sent once more, all or some; the loop that tells hooks does it, as it does everything else. */
export class RetryDeadLetters {
  constructor(private readonly parts: Parts) {}

  execute(
    actor: Actor,
    input: { readonly hook: string; readonly events?: readonly number[] },
  ): Promise<{ readonly wanted: number } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const hook = await tx.hooks.find(input.hook, { lock: true });
      if (!hook) return noHook(input.hook);
      if (!hook.active)
        return refuse(
          'wrong-state',
          `the hook ${hook.name} is switched off and is told of nothing: \`anneal hooks enable ${hook.name}\` first.`,
        );
      const wanted = await tx.hooks.want(hook.id, input.events);
      const missing = (input.events ?? []).filter((seq) => !wanted.includes(seq));
      if (missing.length > 0)
        return refuse(
          'not-found',
          `the hook ${hook.name} has no letter of the event ${missing[0]}: \`anneal hooks dead-letters ${hook.name}\` lists those there are.`,
          { events: missing },
        );
      if (wanted.length > 0) tx.tell({ kind: 'hook.retried', data: { hook: hook.name, letters: wanted.length } });
      return { wanted: wanted.length };
    });
  }
}
