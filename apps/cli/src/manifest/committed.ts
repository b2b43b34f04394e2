/** The answer of a commit. */
export interface Committed {
  readonly snapshot: { readonly number: number };
  readonly rollout: { readonly id: string; readonly waves: number } | null;
  readonly committed: number;
  readonly rerun: number;
  /** Ids of destructive noderoles whose input changed and that are left alone. */
  readonly not_rerun: readonly string[];
}

/** What came of a commit, in a sentence or two. */
export const commitSummary = (name: string, { snapshot, rollout, committed, rerun, not_rerun }: Committed): string => {
  const waves = rollout ? ` in ${rollout.waves} waves (rollout ${rollout.id})` : '';
  const left =
    not_rerun.length > 0
      ? ` ${not_rerun.length} destructive ones are left as they are, although their input changed.`
      : '';
  return `${name} is committed as snapshot ${snapshot.number}${waves}: ${committed} new, ${rerun} to run again.${left}`;
};
