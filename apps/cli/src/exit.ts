/**
 * How a command ends. Scripts rely on these numbers, so they never change; docs/cli.md lists them. An error that a command
 * expects is a `Stop`: its message is a sentence for the operator, its advice what to do next, and no stack is printed.
 */
export const EXIT = {
  ok: 0,
  /** It was tried and did not work, or something is in ERROR. For `anneal diff`: there are differences. */
  failed: 1,
  /** The command line, or the file it names, is not as it should be. Nothing was sent, or the server would not read it. */
  usage: 2,
  notFound: 3,
  /** The state of things does not allow it: it exists already, it changed meanwhile, a parent is not active. */
  conflict: 4,
  timeout: 5,
  /** Only `anneal diff`, where 1 means a difference: it could not be compared. */
  notCompared: 6,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a message and an exit code. */
export class Stop extends Error {
  override readonly name: string = 'Stop';
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    /** What to do next, in a sentence or a command; printed below the message. */
    readonly advice?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The words on the command line cannot be meant. */
export const usage = (message: string, advice?: string): Stop => new Stop(EXIT.usage, message, advice);
