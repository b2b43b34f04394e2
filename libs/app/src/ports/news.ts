/** Tells that something was committed. It carries nothing and may be lost: readers go by sequence, and have a timer. */
export abstract class News {
  /** Calls `onNews` after commits that had events, and after every reconnection. Returns how to stop. */
  abstract listen(onNews: () => void): Promise<{ close(): Promise<void> }>;
}
