import { Client } from '../client/client.js';
import { resolveConnection } from '../client/connection.js';
import { installedVersion } from '../client/home.js';
import { usage } from '../exit.js';
import { FORMATS, Printer, type Format } from '../output/printer.js';
import { Progress } from '../output/progress.js';
import type { Terminal } from './terminal.js';

/** What every command understands. */
export interface CommonOptions {
  readonly output: string;
  /** False with `--no-headers`. */
  readonly headers: boolean;
  readonly url?: string;
  readonly trace?: boolean;
  readonly quiet?: boolean;
}

/** One command being carried out: where it prints, and the server it speaks to, found when it is first needed. */
export class Invocation {
  readonly printer: Printer;
  readonly progress: Progress;
  private connected: Client | null = null;

  constructor(
    readonly terminal: Terminal,
    private readonly options: CommonOptions,
  ) {
    this.printer = new Printer({
      format: formatOf(options.output),
      heads: options.headers,
      out: terminal.stdout,
      env: terminal.env,
      now: terminal.now,
    });
    this.progress = new Progress(terminal.stderr, terminal.env, options.quiet ?? false);
  }

  get signal(): AbortSignal {
    return this.terminal.signal;
  }

  get client(): Client {
    return (this.connected ??= new Client(
      resolveConnection({ url: this.options.url }, this.terminal.env, this.terminal.now()),
      {
        signal: this.terminal.signal,
        userAgent: `anneal-cli/${installedVersion()}`,
        ...(this.options.trace ? { trace: (line) => this.progress.warn(line) } : {}),
      },
    ));
  }

  get tracing(): boolean {
    return this.options.trace ?? false;
  }
}

const formatOf = (text: string): Format => {
  if ((FORMATS as readonly string[]).includes(text)) return text as Format;
  throw usage(`-o ${text} is no format.`, `There are ${FORMATS.join(', ')}.`);
};
