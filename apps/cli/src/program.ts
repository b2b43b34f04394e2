import { Command, type Argument } from 'commander';
import { installedVersion } from './client/home.js';
import type { Terminal } from './command/terminal.js';
import { COMMANDS, type Listed } from './commands/index.js';

/**
 * The whole tree of commands, of which only the one that is asked for is loaded; the others stand in the help with their
 * one line. `everything` loads all, for the specs; so does a command that looks at the others.
 */
export const declareProgram = async (
  argv: readonly string[],
  terminal: Terminal,
  { everything = false } = {},
): Promise<Command> => {
  const program = new Command('anneal');
  program
    .description('Turns racks of bare metal into a settled graph of roles.')
    .version(installedVersion(), '-V, --version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      getOutHelpWidth: () => terminal.stdout.columns ?? 100,
      getErrHelpWidth: () => terminal.stderr.columns ?? 100,
    })
    .showSuggestionAfterError()
    .configureHelp({
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(termOf)].join(' '),
    })
    .addHelpCommand(new Command('help').argument('[command]').summary('explain a command').helpGroup('Looking:'));
  const asked = argv.find((word) => !word.startsWith('-') && word !== 'help');
  const all = everything || COMMANDS.some((listed) => listed.looksAtAll && isAsked(listed, asked));
  for (const listed of COMMANDS) {
    program.commandsGroup(`${listed.group}:`);
    if (all || isAsked(listed, asked)) (await listed.load()).declare(program, terminal);
    else
      program
        .command(listed.name)
        .aliases([...(listed.aliases ?? [])])
        .summary(listed.summary);
  }
  program.addHelpText('after', '\nanneal COMMAND --help tells more. docs/cli.md has it all.');
  return program;
};

const isAsked = ({ name, aliases = [] }: Listed, asked: string | undefined): boolean =>
  asked !== undefined && (name === asked || aliases.includes(asked));

const termOf = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
};
