import { CommanderError } from 'commander';
import type { Terminal } from './command/terminal.js';
import { EXIT, type ExitCode, Stop } from './exit.js';
import { describeError } from './output/print-error.js';
import { declareProgram } from './program.js';

/** Ends as a shell expects of a program that a signal ended: 128 and the signal's number. */
const SIGNAL_EXIT: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Carries out one command line. Whatever goes wrong is printed on stderr and becomes an exit code; nothing is thrown. */
export const runCommand = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  try {
    const program = await declareProgram(argv, terminal);
    await program.parseAsync([...argv], { from: 'user' });
    return terminal.exitCode;
  } catch (error) {
    return exitOf(error, argv, terminal);
  }
};

const exitOf = (error: unknown, argv: readonly string[], terminal: Terminal): number => {
  // Help that was asked for is a success; commander has printed its own errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (terminal.signal.aborted && (error === terminal.signal.reason || !(error instanceof Stop)))
    return SIGNAL_EXIT[String(terminal.signal.reason)] ?? EXIT.failed;
  terminal.stderr.write(`${describeError(error, { trace: argv.includes('--trace') })}\n`);
  const code: ExitCode = error instanceof Stop ? error.exitCode : EXIT.failed;
  // 1 is an answer of `diff`, not a failure.
  return argv[0] === 'diff' && code === EXIT.failed ? EXIT.notCompared : code;
};
