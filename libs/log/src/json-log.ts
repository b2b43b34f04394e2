import { pino, type Level } from 'pino';
import { Log } from '#app';

/** Deepest chain of causes that is printed. */
const CAUSES_MAX = 8;

/** The log of a process that nobody sits in front of: one JSON line each. An error is printed once, with all its causes. */
export class JsonLog extends Log {
  private readonly pino;

  constructor(level: Level = 'info') {
    super();
    this.pino = pino({ level, base: null, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime });
  }

  override info(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.pino.info(fields, message);
  }

  override warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.pino.warn(fields, message);
  }

  override error(message: string, cause: unknown, fields: Readonly<Record<string, unknown>> = {}): void {
    this.pino.error({ ...fields, causes: causesOf(cause) }, message);
  }
}

const causesOf = (error: unknown): string[] => {
  const causes: string[] = [];
  for (
    let cause = error;
    cause !== undefined && cause !== null && causes.length < CAUSES_MAX;
    cause = (cause as { cause?: unknown }).cause
  )
    causes.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  return causes;
};
