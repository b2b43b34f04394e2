import type { Command } from 'commander';
import type { Declare } from '../command/leaf.js';
import { leaf } from '../command/leaf.js';
import { usage } from '../exit.js';

/** `anneal completion bash`: a script for the shell, made from the commands themselves. Names on the server are not asked for. */
export const declare: Declare = (program, terminal) => {
  leaf(program, terminal, {
    usage: 'completion <shell>',
    summary: 'print the completion for a shell (bash)',
    examples: ['source <(anneal completion bash)', 'anneal completion bash > /etc/bash_completion.d/anneal'],
    run: async ({ printer }, [shell]) => {
      if (shell !== 'bash') throw usage(`There is no completion for ${String(shell)}.`, 'There is one for bash.');
      printer.say(bashScript(program));
    },
  });
};

/** One `case` for each command: the words that may follow it. */
export const bashScript = (program: Command): string => {
  const cases: string[] = [];
  const visit = (command: Command, path: readonly string[]): void => {
    const words = [
      ...command.commands.flatMap((each) => [each.name()]),
      ...command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => (long ? [long] : [])),
      '--help',
    ];
    cases.push(`    '${path.join(' ')}') words='${words.join(' ')}' ;;`);
    for (const each of command.commands)
      for (const name of [each.name(), ...each.aliases()]) visit(each, [...path, name]);
  };
  visit(program, []);
  return `# Completion of anneal for bash. Made by \`anneal completion bash\`; make it anew after an upgrade.
_anneal() {
  local word path='' words='' index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    [[ $word == -* ]] && continue
    _anneal_words "\${path:+$path }$word" || break
    path="\${path:+$path }$word"
  done
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in
    -o | --output) words='table wide json yaml name' ;;
    -f | --file) COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); return ;;
    *) _anneal_words "$path" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
_anneal_words() {
  case "$1" in
${cases.join('\n')}
    *) return 1 ;;
  esac
}
complete -o bashdefault -o default -F _anneal anneal`;
};
