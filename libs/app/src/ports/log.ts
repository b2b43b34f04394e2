/** Where a process writes what it does. Fields carry ids, never documents and never secrets. */
export abstract class Log {
  abstract info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  abstract warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The cause is written with its whole chain. */
  abstract error(message: string, cause: unknown, fields?: Readonly<Record<string, unknown>>): void;
}

/** Says nothing: for tests. */
export class SilentLog extends Log {
  override info(): void {}
  override warn(): void {}
  override error(): void {}
}
