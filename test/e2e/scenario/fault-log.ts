import { Log } from '#app';

/** Keeps what is logged as a fault: while a script is played there should be none. */
export class FaultLog extends Log {
  readonly faults: string[] = [];

  override info(): void {}
  override warn(): void {}

  override error(message: string, cause: unknown): void {
    this.faults.push(`${message}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  }
}
