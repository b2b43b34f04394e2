/**
 * News from the server, for what is on the screen and nothing else. A browser that was cut off says by itself which event
 * it saw last, so nothing is missed. Whoever opens a stream without such a position, at first or after refusals, is told
 * where the history is by `resync`: what is shown was read at some moment before, so it is read anew from there on. The
 * same is said where the history no longer goes back so far.
 */
export interface LiveEvent {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly node_role_id: string | null;
  readonly node_id: string | null;
  readonly deployment_id: string | null;
  readonly run_id: string | null;
  readonly data: unknown;
}

export interface Interest {
  /** Kinds separated by commas, `node_role.*` for all of a subject; everything when absent. */
  readonly kind?: string;
  readonly deployment?: string;
  readonly node?: string;
}

export interface Listener {
  /** Events that came together. */
  news(events: readonly LiveEvent[]): void;
  /** Something may have been missed: read anew what is shown. */
  resync(): void;
  /** Whether news come. */
  connected(yes: boolean): void;
}

/** Events are handed over in groups, this far apart in milliseconds, so that hundreds a second cost a few renderings. */
const GATHER_MS = 500;
/** A stream that was closed for good is opened again after this, in milliseconds. */
const AGAIN_MS = 2_000;
/** A number that no event has: the server answers it with `resync`, which names the number where the history is. */
const NOWHERE = 999_999_999_999_999;

/** Follows until the returned function is called. */
export const follow = (interest: Interest, listener: Listener): (() => void) => {
  let source: EventSource | null = null;
  let last: number | null = null;
  let waiting: LiveEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let again: ReturnType<typeof setTimeout> | null = null;

  const hand = (): void => {
    timer = null;
    const events = waiting;
    waiting = [];
    if (events.length > 0) listener.news(events);
  };
  const open = (): void => {
    const query = new URLSearchParams({ unnamed: 'true', ...interest, after: String(last ?? NOWHERE) });
    source = new EventSource(`/api/v2/events/stream?${query}`);
    source.onopen = () => listener.connected(true);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as LiveEvent;
      last = event.seq;
      waiting.push(event);
      timer ??= setTimeout(hand, GATHER_MS);
    };
    source.addEventListener('resync', ({ lastEventId }: MessageEvent<string>) => {
      last = lastEventId === '' ? null : Number(lastEventId);
      listener.resync();
    });
    source.onerror = () => {
      listener.connected(false);
      if (source?.readyState === EventSource.CLOSED) again ??= setTimeout(reopen, AGAIN_MS);
    };
  };
  const reopen = (): void => {
    again = null;
    source?.close();
    open();
  };

  open();
  return () => {
    source?.close();
    for (const each of [timer, again]) if (each !== null) clearTimeout(each);
  };
};
