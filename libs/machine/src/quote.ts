/**
 * The one place where an argument list becomes text for a shell. POSIX single quotes keep every byte but the quote itself,
 * which is written as '\''. Nothing else in the project may build a command line for a remote shell.
 */
export function quote(argument: string): string {
  if (argument.includes('\0')) throw new Error('an argument cannot hold a NUL byte: no program could receive it');
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

/** Quotes a whole argument list; an empty argument stays an argument. */
export const quoteAll = (argv: readonly string[]): string => argv.map(quote).join(' ');
