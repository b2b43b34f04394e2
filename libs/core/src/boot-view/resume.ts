/**
 * Whether whoever stood at one place of the event history can go on from there. The history may have been cut at its
 * beginning, because old events are forgotten; it may be another one, because the database was restored from a backup
 * or made anew. Numbers alone do not tell that, so the reader remembers the moment of its last event as well.
 */
export interface Landmark {
  /** Sequence number of the last event that was taken in; 0 before the first. */
  readonly seq: number;
  /** When that event happened, as the history says it; null where the event itself was gone already. */
  readonly at: string | null;
}

export interface HistoryPiece<Event extends { readonly seq: number; readonly at: string }> {
  /** The last number that was given out. */
  readonly last: number;
  /** Events from the landmark's on, itself included when it is still there, in order. */
  readonly events: readonly Event[];
}

/** The events that follow; null when they cannot be known and everything has to be read anew. */
export function eventsSince<Event extends { readonly seq: number; readonly at: string }>(
  landmark: Landmark,
  piece: HistoryPiece<Event>,
): readonly Event[] | null {
  const { seq, at } = landmark;
  if (seq === 0 || piece.last < seq) return null;
  const [first] = piece.events;
  if (first?.seq === seq) return at !== null && first.at !== at ? null : piece.events.slice(1);
  if (piece.last === seq) return [];
  return first?.seq === seq + 1 ? piece.events : null;
}
