import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level } from 'pino';

/** The server's log: one JSON line each, never a header, a body or a secret. Errors are printed once, with all their causes. */
export class ServerLog implements LoggerService {
  private readonly pino;

  constructor(options: { level?: Level | 'silent'; stream?: DestinationStream } = {}) {
    this.pino = pino(
      { level: options.level ?? 'info', base: null, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime },
      options.stream ?? pino.destination(1),
    );
  }

  /** A fault of ours, with what is known of where it happened. */
  fault(error: unknown, where: Readonly<Record<string, unknown>>): void {
    this.pino.error({ ...where, causes: causesOf(error) }, error instanceof Error ? error.message : String(error));
  }

  log(message: unknown): void {
    this.pino.debug(String(message));
  }
  info(message: string, more: Readonly<Record<string, unknown>> = {}): void {
    this.pino.info(more, message);
  }
  warn(message: unknown): void {
    this.pino.warn(String(message));
  }
  error(message: unknown, trace?: unknown): void {
    this.pino.error({ trace }, String(message));
  }
}

/** Deepest chain of causes that is printed. */
const CAUSES_MAX = 8;

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
