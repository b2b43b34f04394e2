import { refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { Principal } from '../ports/access-store.js';
import type { VoteId, VoteTally, VoteView } from '../ports/guideline-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import { noGuideline } from './import-guideline.js';
import { parsed } from './parsed-guidelines.js';

/** What people think of tests: kept, counted and shown, and never part of a verdict. */

export interface VoteInput {
  readonly guideline: string;
  readonly test: string;
  readonly vote: -1 | 1;
  readonly reason: string;
}

/** Votes for or against a test; a second vote of the same user takes the place of the first. */
export class VoteOnTest {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids'>) {}

  execute(voter: Principal, input: VoteInput): Promise<VoteView | Refusal> {
    return this.parts.unitOfWork.write(voter.actor, async (tx) => {
      const { userId } = voter;
      if (userId === null) return noUser(voter.actor);
      const view = await tx.guidelines.find(input.guideline);
      if (!view) return noGuideline(input.guideline);
      const guideline = await parsed(tx, view);
      const known = [...guideline.capabilities.values()].some(({ tests }) =>
        tests.some(({ key }) => key === input.test),
      );
      if (!known)
        return refuse(
          'not-found',
          `guideline ${view.name} has no test "${input.test.slice(0, 200)}": give its name as the guideline has it.`,
          { field: 'test' },
        );
      const id = this.parts.ids.next<VoteId>();
      const vote = await tx.guidelines.putVote({ ...input, id, guideline: view.name, userId });
      tx.tell({ kind: 'guideline.voted', data: { guideline: view.name, test: input.test, vote: input.vote } });
      return vote;
    });
  }
}

/** Takes one's own vote back. */
export class WithdrawVote {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(voter: Principal, input: { readonly guideline: string; readonly test: string }): Promise<null | Refusal> {
    return this.parts.unitOfWork.write(voter.actor, async (tx) => {
      if (voter.userId === null) return noUser(voter.actor);
      const view = await tx.guidelines.find(input.guideline);
      if (!view) return noGuideline(input.guideline);
      const had = await tx.guidelines.removeVote(view.name, input.test, voter.userId);
      if (!had) return refuse('not-found', `${voter.actor} has not voted on this test.`);
      tx.tell({ kind: 'guideline.vote_withdrawn', data: { guideline: view.name, test: input.test } });
      return null;
    });
  }
}

export class ListVotes {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(query: ListQuery, input: { readonly guideline: string }): Promise<Page<VoteView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const view = await tx.guidelines.find(input.guideline);
      return view ? tx.guidelines.votes(query, view.name) : noGuideline(input.guideline);
    });
  }
}

export class TallyVotes {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly guideline: string }): Promise<readonly VoteTally[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const view = await tx.guidelines.find(input.guideline);
      return view ? tx.guidelines.tally(view.name) : noGuideline(input.guideline);
    });
  }
}

const noUser = (actor: string): Refusal =>
  refuse('forbidden', `${actor} is no user: an opinion is somebody's own, so log in, or use a token of yours.`);
