import type { Command } from 'commander';
import type { ExitCode } from '../exit.js';
import { FORMATS } from '../output/printer.js';
import { Invocation, type CommonOptions } from './invocation.js';
import type { Terminal } from './terminal.js';

/** Makes a command known to its parent. One module a command exports one. */
export type Declare = (parent: Command, terminal: Terminal) => void;

export interface Leaf<Options> {
  /** Name and arguments as commander reads them, for example `show <node>`. */
  readonly usage: string;
  readonly summary: string;
  /** More than the summary says, in sentences. */
  readonly says?: string;
  readonly aliases?: readonly string[];
  /** Flags, what they mean, and the value when they are not given. With `...>` an option may be given several times. */
  readonly options?: readonly (readonly [flags: string, says: string, preset?: string | boolean])[];
  /** Options that must be there. */
  readonly needed?: readonly (readonly [flags: string, says: string])[];
  /** Commands as an operator types them; shown below the help. */
  readonly examples?: readonly string[];
  readonly run: (invocation: Invocation, args: Arguments, options: Options & CommonOptions) => Promise<ExitCode | void>;
}

/** Words of the command line: one for `<name>`, several for `<name...>`, none for `[name]` that was left out. */
export type Arguments = readonly (string | readonly string[] | undefined)[];

/** Adds a command that does something, with the options that all of them have. */
export const leaf = <Options = object>(parent: Command, terminal: Terminal, spec: Leaf<Options>): Command => {
  const command = parent
    .command(spec.usage)
    .summary(spec.summary)
    .description([sentence(spec.summary), spec.says].filter(Boolean).join(' '));
  if (spec.aliases) command.aliases([...spec.aliases]);
  for (const [flags, says, preset] of spec.options ?? []) {
    if (flags.includes('...>')) command.option(flags.replace('...>', '>'), says, collect);
    else command.option(flags, says, preset);
  }
  for (const [flags, says] of spec.needed ?? []) command.requiredOption(flags, `${says} (needed)`);
  command.optionsGroup('Options of every command:');
  command
    .option('-o, --output <format>', FORMATS.join(', '), 'table')
    .option('--no-headers', 'leave the heads of tables away')
    .option('--url <address>', 'the server; else ANNEAL_URL, else the one that runs on this host')
    .option('-q, --quiet', 'tell no progress')
    .option('--trace', 'tell every request and its trace id');
  if (spec.examples)
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ ${line}`).join('\n')}`);
  command.action(async (...given: unknown[]) => {
    const options = command.opts<Options & CommonOptions>();
    const args = given.slice(0, command.registeredArguments.length) as Arguments;
    terminal.exitCode = (await spec.run(new Invocation(terminal, options), args, options)) ?? 0;
  });
  return command;
};

/** `--set a=1 --set b=2` is a list; commander's own variadic options would also eat the arguments behind them. */
const collect = (value: string, before: string[] = []): string[] => [...before, value];

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
