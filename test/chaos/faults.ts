import type { Chance } from '#testkit';
import type { Crew } from './crew.js';
import type { Operator } from './operator.js';
import type { Services } from './services.js';

/** What can go wrong with processes, and how likely each is among all. */
const FAULTS = {
  'kill -9 of a worker': 26,
  'kill -9 of the leader': 10,
  'SIGTERM of a worker': 6,
  'pause of a worker, longer than its locks': 10,
  'pause of the leader, longer than its lease': 6,
  'pause of a worker, nearly as long as its locks': 4,
  'kill -9 of Redis': 10,
  'FLUSHALL of Redis': 12,
  'fast restart of PostgreSQL': 5,
  'crash of PostgreSQL': 5,
  'kill -9 of a server': 6,
} as const;
export type FaultKind = keyof typeof FAULTS;

export interface Fault {
  readonly kind: FaultKind;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface FaultParts {
  readonly chance: Chance;
  readonly services: Services;
  readonly workers: Crew;
  /** Null where no server runs. */
  readonly servers: Crew | null;
  readonly operator: Operator;
  /** How long a pause lasts that outlives every lock, and one that nearly does, in milliseconds: from, to. */
  readonly pauseMs: { readonly long: readonly [number, number]; readonly nearly: readonly [number, number] };
  /** Workers that may stand still at the same time. */
  readonly pausedMax: number;
}

/** Does one thing at random that a data centre does to a program; null when what was drawn could not be done now. */
export class Faults {
  private readonly kinds: readonly FaultKind[];

  constructor(private readonly parts: FaultParts) {
    const possible = (kind: FaultKind): boolean =>
      (parts.services.redisUrl !== null || !kind.includes('Redis')) &&
      (parts.servers !== null || !kind.includes('server'));
    this.kinds = (Object.keys(FAULTS) as FaultKind[]).filter(possible);
  }

  async strike(): Promise<Fault | null> {
    const kind = this.draw();
    const at = Date.now();
    return (await this.commit(kind)) ? { kind, at } : null;
  }

  private draw(): FaultKind {
    let roll = this.parts.chance.next() * this.kinds.reduce((sum, kind) => sum + FAULTS[kind], 0);
    for (const kind of this.kinds) {
      roll -= FAULTS[kind];
      if (roll < 0) return kind;
    }
    return this.kinds[0] as FaultKind;
  }

  private async commit(kind: FaultKind): Promise<boolean> {
    const { services, workers, servers, pauseMs } = this.parts;
    switch (kind) {
      case 'kill -9 of a worker':
        return withOne(this.oneOf(workers.upright), (index) => workers.kill(index));
      case 'kill -9 of the leader':
        return withOne(await this.leader(), (index) => workers.kill(index));
      case 'SIGTERM of a worker':
        return withOne(this.oneOf(workers.upright), (index) => void workers.stop(index));
      case 'pause of a worker, longer than its locks':
        return withOne(this.pausable(this.oneOf(workers.upright)), (index) =>
          workers.pause(index, this.between(pauseMs.long)),
        );
      case 'pause of the leader, longer than its lease':
        return withOne(this.pausable(await this.leader()), (index) => workers.pause(index, this.between(pauseMs.long)));
      case 'pause of a worker, nearly as long as its locks':
        return withOne(this.pausable(this.oneOf(workers.upright)), (index) =>
          workers.pause(index, this.between(pauseMs.nearly)),
        );
      case 'kill -9 of Redis':
        await services.killRedis();
        return true;
      case 'FLUSHALL of Redis':
        await services.flushRedis();
        return true;
      case 'fast restart of PostgreSQL':
        await services.restartPostgres();
        return true;
      case 'crash of PostgreSQL':
        await services.crashPostgres();
        return true;
      case 'kill -9 of a server':
        return withOne(this.oneOf(servers?.upright ?? []), (index) => servers?.kill(index));
      default:
        return kind satisfies never;
    }
  }

  private async leader(): Promise<number | null> {
    const pid = await this.parts.operator.leaderPid().catch(() => null);
    const index = pid === null ? null : this.parts.workers.indexOf(pid);
    return index !== null && this.parts.workers.upright.includes(index) ? index : null;
  }

  /** Somebody has to be left standing. */
  private pausable(index: number | null): number | null {
    const { workers, pausedMax } = this.parts;
    return workers.paused < pausedMax ? index : null;
  }

  private oneOf(indexes: readonly number[]): number | null {
    return indexes.length > 0 ? (indexes[this.parts.chance.below(indexes.length)] as number) : null;
  }

  private between([from, to]: readonly [number, number]): number {
    return from + this.parts.chance.next() * (to - from);
  }
}

const withOne = (index: number | null, act: (index: number) => void): boolean => {
  if (index === null) return false;
  act(index);
  return true;
};
