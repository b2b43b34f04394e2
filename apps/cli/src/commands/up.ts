import { leaf, type Declare } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { EXIT, Stop } from '../exit.js';

/** Highest port there is. */
const PORT_MAX = 65_535;

interface UpOptions {
  readonly home?: string;
  readonly port?: string;
  readonly workers: string;
  readonly detach?: boolean;
}

/**
 * `anneal up`: everything of one machine, until it is told to stop. What is started and in which order is the runtime's
 * affair; here are the entry points of our processes, the migrations, and what the operator reads.
 */
export const declare: Declare = (program, terminal) => {
  leaf<UpOptions>(program, terminal, {
    usage: 'up',
    summary: 'run Anneal on this host: PostgreSQL and Redis where none are named, server, worker and netboot',
    says: 'It migrates the database, prints the address and, the first time, a one-time code for the first administrator, and stops all of it on SIGTERM or Ctrl-C.',
    options: [
      ['--home <folder>', 'where data is kept; else ANNEAL_HOME, else .anneal of the checkout'],
      ['--port <port>', 'of UI and API; else ANNEAL_PORT, else 7700'],
      ['--workers <count>', 'worker processes', '1'],
      ['--detach', 'go on in the background, and write to up.log there; `anneal down` stops it'],
    ],
    examples: ['anneal up', 'ANNEAL_HOME=/tmp/try anneal up --port 7701 --detach'],
    run: async (invocation, _args, options) => {
      const { progress, printer } = invocation;
      const workers = parseCount(options.workers, '--workers', { min: 0, max: 64 });
      const port =
        options.port === undefined ? undefined : parseCount(options.port, '--port', { min: 1, max: PORT_MAX });
      const [runtime, { join }] = await Promise.all([import('#runtime'), import('node:path')]);
      runtime.readableStacks();
      if (options.detach) {
        const words = [...(port === undefined ? [] : ['--port', String(port)]), '--workers', String(workers)];
        const home = runtime.openHome(options.home);
        const argv = [runtime.programFile('cli') as string, 'up', ...words];
        const address = await runtime.startDetached(home, argv, terminal.env).catch((error: unknown) => {
          throw new Stop(EXIT.failed, error instanceof Error ? error.message : String(error));
        });
        if (printer.format === 'json' || printer.format === 'yaml')
          return await printer.document({ address, home: home.path });
        printer.lines([`Anneal is up: ${address}`]);
        return progress.line(`it writes to ${join(home.path, 'up.log')}, where the one-time code is too`);
      }
      const running = await runtime
        .up({
          ...(options.home === undefined ? {} : { home: options.home }),
          ...(port === undefined ? {} : { port }),
          processes: ourProcesses(runtime.programFile, workers),
          migrate: async (databaseUrl) => {
            const { migrate } = await import('#store/migrate');
            const applied = await migrate(databaseUrl, join(runtime.CHECKOUT, 'migrations'));
            if (applied.length > 0) progress.line(`migrated the database: ${applied.join(', ')}`);
          },
          log: (line) => progress.line(line),
        })
        .catch((error: unknown) => {
          if (error instanceof runtime.AlreadyUp) throw new Stop(EXIT.conflict, `${error.message}.`);
          throw new Stop(
            EXIT.failed,
            `Anneal does not start: ${error instanceof Error ? error.message : String(error)}`,
            undefined,
            { cause: error },
          );
        });
      try {
        if (printer.format === 'json' || printer.format === 'yaml')
          await printer.document({ address: running.address, home: running.home.path, say: running.say });
        else printer.lines([`Anneal is up: ${running.address}`, ...running.say]);
        await told(invocation.signal);
      } finally {
        progress.line('stopping');
        await running.stop();
      }
    },
  });
};

/** The programs of a machine. One that is not built is not part of this installation. */
const ourProcesses = (programFile: (name: string) => string | null, workers: number) =>
  [
    { name: 'server', program: 'server' },
    ...Array.from({ length: workers }, (_none, index) => ({
      name: workers === 1 ? 'worker' : `worker${index + 1}`,
      program: 'worker',
    })),
    { name: 'netboot', program: 'netboot' },
  ].flatMap(({ name, program }) => {
    const file = programFile(program);
    return file === null ? [] : [{ name, argv: [file], asksForSettings: true }];
  });

const told = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
