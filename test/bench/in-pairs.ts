/**
 * Compares two ways of doing one thing where every time it is done takes another time: a machine with neighbours, a cloud
 * that grows warm. Each pair is done one directly after the other, and the next pair in the other order, so that whatever
 * rises or falls slowly falls upon both alike. What counts is the middle one of the pairs' own shares.
 */
export interface Pair {
  readonly ours: number;
  readonly peer: number;
}

export const inPairs = async (
  pairs: number,
  ours: (pair: number) => Promise<number>,
  peer: (pair: number) => Promise<number>,
): Promise<Pair[]> => {
  const done: Pair[] = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    if (pair % 2 === 1) {
      const own = await ours(pair);
      done.push({ ours: own, peer: await peer(pair) });
    } else {
      const other = await peer(pair);
      done.push({ ours: await ours(pair), peer: other });
    }
  }
  return done;
};

/** What ours costs over the peer in percent, pair by pair. */
export const overheadsOf = (pairs: readonly Pair[]): number[] => pairs.map(({ ours, peer }) => (ours / peer - 1) * 100);

/** The middle value; of an even number the mean of the two in the middle. */
export const middleOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] as number) + (sorted[Math.ceil(half)] as number)) / 2;
};
