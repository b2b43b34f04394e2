import type { NamesNow } from './names-now.js';

/** What of the names cannot be served, in sentences that say what to do. */
export class ListDnsProblems {
  constructor(private readonly names: NamesNow) {}

  async execute(): Promise<{ readonly problems: readonly string[] }> {
    const index = await this.names.look();
    return { problems: index.problems().sort().slice(0, PROBLEMS_MAX) };
  }
}

/** More than this nobody reads; the first ones put right, the others show. */
const PROBLEMS_MAX = 1_000;
