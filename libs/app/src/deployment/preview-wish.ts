import { isRefusal, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { Actor } from '../ports/unit-of-work.js';
import { WithinTransaction } from '../within-transaction.js';
import { PreviewCommit, type CommitPreview, type PreviewCommitInput } from './preview-commit.js';
import { makeWish, type Wish, type WishMade } from './wish.js';

/** What would come of a wish and of the commit after it. */
export type WishPreview = CommitPreview & WishMade;

/**
 * Says what a wish and a commit of it would do, by making the wish in a transaction that is always rolled back. So the
 * answer follows from the same rules and the same refusals; the rows it would change are locked for as long as it takes.
 */
export class PreviewWish {
  constructor(
    private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'clock' | 'schemas' | 'vetoes' | 'sealed'>,
  ) {}

  async execute(
    actor: Actor,
    input: Wish & Pick<PreviewCommitInput, 'rollout' | 'held'>,
  ): Promise<WishPreview | Refusal> {
    const { rollout, held, ...wish } = input;
    let preview: WishPreview | null = null;
    const refusal = await this.parts.unitOfWork.write(actor, async (tx): Promise<Refusal> => {
      preview = null;
      const made = await makeWish(tx, this.parts, actor, wish);
      if (isRefusal(made)) return made;
      const options = { ...(rollout ? { rollout } : {}), ...(held ? { held } : {}) };
      const commit = { deployment: wish.deployment, unfinished: true, ...options };
      const seen = await new PreviewCommit({ ...this.parts, unitOfWork: new WithinTransaction(tx) }).execute(commit);
      if (isRefusal(seen)) return seen;
      preview = { ...seen, ...made };
      return ONLY_A_PREVIEW;
    });
    return preview ?? refusal;
  }
}

/** Undoes the transaction; nobody gets to see it. */
const ONLY_A_PREVIEW = refuse('conflict', 'this was a preview.');
