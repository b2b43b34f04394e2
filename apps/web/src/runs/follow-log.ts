import type { LogLine } from './log-line';

/**
 * A run's log as it is written. A browser that was cut off goes on after the last line that it has; one that was refused
 * for a while is opened again there, so that no line is missed and none is told twice.
 */
export interface LogListener {
  line(line: LogLine): void;
  /** Nothing follows any more; `state` is how the run ended, null when it is gone. */
  end(state: string | null): void;
  /** Whether lines come. */
  connected(yes: boolean): void;
}

/** A stream that was closed for good is opened again after this, in milliseconds. */
const AGAIN_MS = 2_000;

/** Follows until its end, or until the returned function is called. */
export const followLog = (runId: string, listener: LogListener): (() => void) => {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | null = null;
  let last = 0;

  const open = (): void => {
    again = null;
    source?.close();
    source = new EventSource(`/api/v2/runs/${runId}/log?follow=true&after=${last}`);
    source.onopen = () => listener.connected(true);
    source.addEventListener('line', ({ data }: MessageEvent<string>) => {
      const line = JSON.parse(data) as LogLine;
      if (line.line <= last) return;
      last = line.line;
      listener.line(line);
    });
    source.addEventListener('end', ({ data }: MessageEvent<string>) => {
      source?.close();
      listener.end((JSON.parse(data) as { state: string | null }).state);
    });
    source.onerror = () => {
      listener.connected(false);
      if (source?.readyState === EventSource.CLOSED) again ??= setTimeout(open, AGAIN_MS);
    };
  };

  open();
  return () => {
    source?.close();
    if (again !== null) clearTimeout(again);
  };
};
