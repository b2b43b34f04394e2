import { join } from 'node:path';
import { Redis } from 'ioredis';
import { CHECKOUT, startPostgres, startRedis, type RunningService, type TemporaryHome } from '#runtime';
import { migrate } from '#store/migrate';

const silent = (): void => undefined;
const portOf = (url: string): number => Number(new URL(url).port);

/** How long a service that was ended may take to be gone, in milliseconds. */
const GONE_WITHIN_MS = 20_000;

/**
 * The PostgreSQL (durable, as `anneal up` starts it) and the Redis of one storm, and the ways in which they fail. Both come
 * back on their port.
 */
export class Services {
  private constructor(
    private readonly home: TemporaryHome,
    private postgres: RunningService,
    private redis: RunningService | null,
  ) {}

  static async start(home: TemporaryHome, options: { redis: boolean }): Promise<Services> {
    const postgres = await startPostgres({ home, log: silent, externalUrl: null });
    const redis = options.redis ? await startRedis({ home, log: silent, externalUrl: null }) : null;
    await migrate(postgres.url, join(CHECKOUT, 'migrations'));
    return new Services(home, postgres, redis);
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get redisUrl(): string | null {
    return this.redis?.url ?? null;
  }

  /** Every connection is cut, every transaction rolled back, and it starts again from a checkpoint. */
  async restartPostgres(): Promise<void> {
    await this.postgres.stop();
    await this.postgresAgain();
  }

  /** As in a power cut: nothing is written any more, and the next start recovers from the log. */
  async crashPostgres(): Promise<void> {
    process.kill(this.postgres.pid as number, 'SIGQUIT');
    await gone(this.postgres);
    await this.postgresAgain();
  }

  async killRedis(): Promise<void> {
    if (!this.redis) return;
    process.kill(this.redis.pid as number, 'SIGKILL');
    await gone(this.redis);
    this.redis = await startRedis({ home: this.home, log: silent, externalUrl: null, port: portOf(this.redis.url) });
  }

  async flushRedis(): Promise<void> {
    if (!this.redis) return;
    const client = new Redis(this.redis.url, { maxRetriesPerRequest: 3 });
    client.on('error', silent);
    try {
      await client.flushall();
    } finally {
      client.disconnect();
    }
  }

  async stop(): Promise<void> {
    await this.redis?.stop();
    await this.postgres.stop();
  }

  private async postgresAgain(): Promise<void> {
    this.postgres = await startPostgres({
      home: this.home,
      log: silent,
      externalUrl: null,
      port: portOf(this.postgres.url),
    });
  }
}

const gone = async (service: RunningService): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`process ${service.pid} did not end within ${GONE_WITHIN_MS} ms`)),
      GONE_WITHIN_MS,
    );
  });
  await Promise.race([service.exited, late]).finally(() => clearTimeout(timer));
};
