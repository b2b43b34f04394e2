/** A binary heap: `pop` gives the item that `before` puts first. Both take O(log n). */
export class Heap<Item> {
  private readonly items: Item[] = [];

  constructor(private readonly before: (a: Item, b: Item) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  peek(): Item | undefined {
    return this.items[0];
  }

  push(item: Item): void {
    let at = this.items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.before(item, this.items[above] as Item)) break;
      this.items[at] = this.items[above] as Item;
      at = above;
    }
    this.items[at] = item;
  }

  pop(): Item | undefined {
    const first = this.items[0];
    const last = this.items.pop();
    if (last === undefined || this.items.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.items.length) break;
      if (below + 1 < this.items.length && this.before(this.items[below + 1] as Item, this.items[below] as Item))
        below += 1;
      if (!this.before(this.items[below] as Item, last)) break;
      this.items[at] = this.items[below] as Item;
      at = below;
    }
    this.items[at] = last;
    return first;
  }
}
