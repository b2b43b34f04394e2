import { setTimeout as pause } from 'node:timers/promises';
import { Stop } from '../exit.js';
import type { Client } from './client.js';
import { ApiProblem } from './problem.js';
import type { RouteId } from './route.js';
import { readMessages } from './server-messages.js';

/** Pause before a stream that ended is opened again. */
const REOPEN_MS = 300;
/** A server that is gone for longer than this is not waited for. */
const GONE_MS_MAX = 60_000;

/** A message with something in it. */
export interface Followed {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export interface Following {
  readonly route: RouteId;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** True when the message is the stream's last: then the end is the end, and not a lost connection. */
  readonly isLast?: (message: Followed) => boolean;
}

/**
 * Follows a stream until the signal is aborted or its last message has come. A lost connection is opened again after the
 * last id that was seen, so nothing is missed and nothing comes twice. Throws when the server refuses, or is gone for a
 * minute.
 */
export async function* follow(client: Client, following: Following, signal: AbortSignal): AsyncGenerator<Followed> {
  let lastEventId: string | undefined;
  let goneSince: number | null = null;
  while (!signal.aborted) {
    try {
      const body = await client.open(
        following.route,
        {
          params: following.params ?? {},
          query: following.query ?? {},
          ...(lastEventId === undefined ? {} : { lastEventId }),
        },
        signal,
      );
      goneSince = null;
      for await (const message of readMessages(body)) {
        if (message.id !== '') lastEventId = message.id;
        const { data } = message;
        if (data === null) continue;
        yield { ...message, data };
        if (following.isLast?.({ ...message, data })) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiProblem) throw error;
      goneSince ??= performance.now();
      if (performance.now() - goneSince > GONE_MS_MAX || !isLost(error)) throw error;
    }
    await pause(REOPEN_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The connection broke, or could not be made: `Stop` by the client, `TypeError` by the reader of the body. */
const isLost = (error: unknown): boolean =>
  error instanceof Stop ||
  error instanceof TypeError ||
  /^(UND_ERR_|ECONN|EPIPE)/.test((error as { code?: string }).code ?? '');
