/**
 * An index from a key to the one document that has it, which stays right when two documents claim the same key. The
 * claimant with the lowest id wins, whatever the order in which they came; when it lets go, the next one takes over. Ids grow with
 * time, so the document that was there first keeps what it had.
 */
export class Claims<Key, Document> {
  private readonly winners = new Map<Key, Claim<Document>>();
  /** Only keys that are claimed more than once, winner included, by id. */
  private readonly contested = new Map<Key, Claim<Document>[]>();

  get size(): number {
    return this.winners.size;
  }

  get(key: Key): Document | undefined {
    return this.winners.get(key)?.document;
  }

  add(key: Key, id: string, document: Document): void {
    const claim = { id, document };
    const winner = this.winners.get(key);
    if (winner === undefined) {
      this.winners.set(key, claim);
      return;
    }
    const others = (this.contested.get(key) ?? [winner]).filter((other) => other.id !== id);
    const all = [...others, claim].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.settle(key, all);
  }

  remove(key: Key, id: string): void {
    const all = this.contested.get(key);
    if (all) {
      this.settle(
        key,
        all.filter((claim) => claim.id !== id),
      );
    } else if (this.winners.get(key)?.id === id) this.winners.delete(key);
  }

  /** Keys that more than one document claims, with the claimants, the winner first. */
  *conflicts(): IterableIterator<readonly [Key, readonly Document[]]> {
    for (const [key, claims] of this.contested) yield [key, claims.map((claim) => claim.document)];
  }

  private settle(key: Key, claims: Claim<Document>[]): void {
    const [winner] = claims;
    if (winner === undefined) this.winners.delete(key);
    else this.winners.set(key, winner);
    if (claims.length > 1) this.contested.set(key, claims);
    else this.contested.delete(key);
  }
}

interface Claim<Document> {
  readonly id: string;
  readonly document: Document;
}
