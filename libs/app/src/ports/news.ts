/** Tells that something was committed. It may be lost: readers go by sequence, and have a timer. */
export abstract class News {
  /**
   * Calls `onNews` after commits that had events, and after every reconnection. `last` is the number of the commit's last
   * event, so that whoever has read that far need not look; without it nothing is known but that it is time to look.
   * Returns how to stop.
   */
  abstract listen(onNews: (last?: number) => void): Promise<{ close(): Promise<void> }>;
}
