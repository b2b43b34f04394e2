import type { Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { Actor } from '../ports/unit-of-work.js';
import { makeWish, type Wish, type WishMade } from './wish.js';

/** Proposes all that a wish says, in one transaction. What is there already stays as it is: the same wish may be made again. */
export class MakeWish {
  constructor(
    private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'clock' | 'schemas' | 'vetoes' | 'sealed'>,
  ) {}

  execute(actor: Actor, wish: Wish): Promise<WishMade | Refusal> {
    return this.parts.unitOfWork.write(actor, (tx) => makeWish(tx, this.parts, actor, wish));
  }
}
