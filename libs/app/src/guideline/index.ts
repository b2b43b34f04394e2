import type { ModelParts } from '../model-parts.js';
import { ImportGuideline, RemoveGuideline } from './import-guideline.js';
import { ListGuidelines, ReadGuideline, ReadRawGuideline, ShowGuideline } from './read-guidelines.js';
import { ListVotes, TallyVotes, VoteOnTest, WithdrawVote } from './votes.js';

export * from './import-guideline.js';
export * from './read-guidelines.js';
export * from './votes.js';

/** What may be done about guidelines, and what people think of their tests. */
export const guidelineUseCases = (parts: ModelParts) => ({
  importGuideline: new ImportGuideline(parts),
  removeGuideline: new RemoveGuideline(parts),
  listGuidelines: new ListGuidelines(parts),
  showGuideline: new ShowGuideline(parts),
  readGuideline: new ReadGuideline(parts),
  readRawGuideline: new ReadRawGuideline(parts),
  voteOnTest: new VoteOnTest(parts),
  withdrawVote: new WithdrawVote(parts),
  listVotes: new ListVotes(parts),
  tallyVotes: new TallyVotes(parts),
});
