import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '#testkit';
import type { Operator } from './operator.js';

/** What machines and people do in between, and how likely each is among all. */
const ACTS = {
  'a node dies and returns': 5,
  'a node is taken away and given back': 3,
  'a run is cancelled': 4,
  'an active noderole is retried': 3,
  'an input changes': 5,
  'noderoles in error are mended': 8,
} as const;
export type ActKind = keyof typeof ACTS;
export const ACT_KINDS = Object.keys(ACTS) as ActKind[];

/** How long a node stays away, in milliseconds: from, to. */
const AWAY_MS = [500, 6_000] as const;

/** Errors that are mended at once, at the most: a person has two hands. */
const MENDED_MAX = 25;

/** Chains that are run again at once when there is too little left to break. */
const CHAINS_AGAIN = 12;

/** Acts at random, until it is told to end. Everything that was taken away is given back then. */
export class Acts {
  readonly counts = new Map<ActKind | 'a chain is run again', number>();
  private readonly away = new Set<Promise<unknown>>();

  constructor(
    private readonly operator: Operator,
    private readonly chance: Chance,
    private readonly pauseMs: number,
    /** With fewer noderoles than this at work or waiting, whole chains are run again. */
    private readonly restlessMin: number,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    const nodeIds = await this.operator.nodeIds();
    while (!signal.aborted) {
      const kind = this.draw();
      // While the database is away nobody can do anything; that is not what is tested here.
      const done = await this.act(kind, nodeIds).catch(() => false);
      if (done) this.count(kind);
      await this.keepBusy().catch(() => undefined);
      await sleep(this.pauseMs * 2 * this.chance.next());
    }
    await Promise.all(this.away);
  }

  /** Gives back every node, until it is written. */
  async giveBack(): Promise<void> {
    for (const id of await this.operator.nodeIds('NOT alive')) await this.operator.setAlive(id, true);
    for (const id of await this.operator.nodeIds('NOT available')) await this.operator.setAvailable(id, true);
  }

  private async act(kind: ActKind, nodeIds: readonly string[]): Promise<boolean> {
    const { operator } = this;
    const nodeId = nodeIds[this.chance.below(nodeIds.length)] as string;
    switch (kind) {
      case 'a node dies and returns':
        return this.takeAway(
          () => operator.setAlive(nodeId, false),
          () => operator.setAlive(nodeId, true),
        );
      case 'a node is taken away and given back':
        return this.takeAway(
          () => operator.setAvailable(nodeId, false),
          () => operator.setAvailable(nodeId, true),
        );
      case 'a run is cancelled':
        return operator.cancel();
      case 'an active noderole is retried':
        return this.withNodeRole('nr.state = 0 AND nr.cohort > 2', (id) => operator.retry(id));
      case 'an input changes':
        return this.withNodeRole('nr.state = 0', (id) => operator.change(id));
      case 'noderoles in error are mended':
        return (await operator.mend(MENDED_MAX)) > 0;
      default:
        return kind satisfies never;
    }
  }

  private async keepBusy(): Promise<void> {
    const { open, wanting } = await this.operator.restless();
    if (open + wanting >= this.restlessMin) return;
    for (let chain = 0; chain < CHAINS_AGAIN; chain += 1)
      if (await this.withNodeRole('nr.state = 0 AND nr.cohort = 0', (id) => this.operator.retry(id)))
        this.count('a chain is run again');
  }

  private async takeAway(take: () => Promise<boolean>, giveBack: () => Promise<boolean>): Promise<boolean> {
    if (!(await take())) return false;
    const ms = AWAY_MS[0] + this.chance.next() * (AWAY_MS[1] - AWAY_MS[0]);
    const back = sleep(ms)
      .then(giveBack, giveBack)
      .catch(() => undefined);
    this.away.add(back);
    void back.finally(() => this.away.delete(back));
    return true;
  }

  private async withNodeRole(where: string, act: (id: string) => Promise<boolean>): Promise<boolean> {
    const id = await this.operator.someNodeRole(where);
    return id !== null && act(id);
  }

  private count(kind: ActKind | 'a chain is run again'): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  private draw(): ActKind {
    let roll = this.chance.next() * ACT_KINDS.reduce((sum, kind) => sum + ACTS[kind], 0);
    for (const kind of ACT_KINDS) {
      roll -= ACTS[kind];
      if (roll < 0) return kind;
    }
    return ACT_KINDS[0] as ActKind;
  }
}
