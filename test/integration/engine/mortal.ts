/**
 * A process that can die at a chosen instant. Everything that it reaches the world with is wrapped: once it is dead, no
 * call goes out any more, as if it had been killed; what it had committed before stays.
 */
export class Life {
  dead = false;
  readonly calls: string[] = [];
  private readonly counts = new Map<string, number>();
  private readonly mourners = new Set<() => void>();

  /** `at`: which call (`records.begin#2` is the second of its kind), and whether it still happens. */
  constructor(private readonly at: { readonly call: string; readonly when: 'before' | 'after' } | null = null) {}

  /** Calls `mourn` at the moment of death. */
  onDeath(mourn: () => void): void {
    this.mourners.add(mourn);
  }

  die(): void {
    if (this.dead) return;
    this.dead = true;
    for (const mourn of this.mourners) mourn();
  }

  /** The same thing, mortal. `name` is how its calls are named. */
  mortal<Target extends object>(name: string, target: Target): Target {
    return new Proxy(target, {
      get: (object, key) => {
        const value: unknown = Reflect.get(object, key, object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) =>
          this.call(`${name}.${String(key)}`, () => Reflect.apply(value, object, args) as unknown);
      },
    });
  }

  private async call(name: string, act: () => unknown): Promise<unknown> {
    this.check();
    const number = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, number);
    const call = `${name}#${number}`;
    this.calls.push(call);
    if (this.at?.call === call && this.at.when === 'before') this.die();
    this.check();
    const result = await act();
    if (this.at?.call === call) this.die();
    this.check();
    return result;
  }

  private check(): void {
    if (this.dead) throw new Error('this process is dead');
  }
}
