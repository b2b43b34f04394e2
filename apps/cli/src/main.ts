import { installedVersion } from './client/home.js';
import type { Terminal } from './command/terminal.js';

/**
 * The command line tool. What it needs is loaded when a command needs it: an operator's script calls it a thousand times.
 */
const main = async (argv: string[]): Promise<void> => {
  if (argv.length === 1 && ['--version', '-V'].includes(argv[0]!))
    return void process.stdout.write(`${installedVersion()}\n`);
  const aborted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A second one ends at once, whatever we are waiting for.
      if (aborted.signal.aborted) process.exit(1);
      aborted.abort(signal);
    });
  }
  // `anneal nodes list | head` closes our stdout: that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const terminal: Terminal = {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: aborted.signal,
    now: Date.now,
    exitCode: 0,
  };
  const { runCommand } = await import('./run-command.js');
  process.exitCode = await runCommand(argv, terminal);
  // An input that was not read to its end, or a connection kept open for the next request, would hold us here.
  process.stdin.unref?.();
};

// A surprise ends the process with its trace.
void main(process.argv.slice(2));
