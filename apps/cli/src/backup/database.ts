import type { Invocation } from '../command/invocation.js';
import { EXIT, Stop } from '../exit.js';

/** The database of this installation, for as long as `work` takes. */
export interface Database {
  readonly url: string;
  readonly checkout: string;
}

/**
 * Finds the database: the one that DATABASE_URL names, else the embedded one of this ANNEAL_HOME, which is started for the
 * time if nobody runs it. `alone` refuses where an `anneal up` runs.
 */
export const withDatabase = async <Result>(
  invocation: Invocation,
  { home: wanted, alone }: { home?: string | undefined; alone: boolean },
  work: (database: Database) => Promise<Result>,
): Promise<Result> => {
  const runtime = await import('#runtime');
  const home = runtime.openHome(wanted);
  const up = runtime.upProcessOf(home);
  if (alone && up)
    throw new Stop(
      EXIT.conflict,
      `Anneal runs from ${home.path} (process ${up.pid}).`,
      `Stop it first: kill ${up.pid}.`,
    );
  const url = process.env['DATABASE_URL'] ?? runtime.runningPostgresUrl(home);
  if (url) return await work({ url, checkout: runtime.CHECKOUT });
  const service = await runtime.startPostgres({ home, log: (line) => invocation.progress.line(line) });
  try {
    return await work({ url: service.url, checkout: runtime.CHECKOUT });
  } finally {
    await service.stop();
  }
};
