import { quote, quoteAll } from './quote.js';

/**
 * How a command is put on a node so that it can be ended with all that it started.
 *
 * The node's login shell waits for one line (so nothing runs before we know that the request arrived), makes sure that it
 * leads a session of its own, tells the session's number on stderr, and becomes the command. Ending it is a second command,
 * which looks up the members of that session in /proc: a signal sent through sshd would reach one process group only, and
 * nothing at all on a server that ignores such requests. No file is written, so /tmp does not matter. Any POSIX shell will do.
 */

/** A command for sshd, and the line that lets it begin. */
export interface RemoteCommand {
  readonly command: string;
  readonly go: string;
}

const GO = 'go\n';

/** Starts the line that tells the session's number; no program writes a record separator there by chance. */
const MARK = '\u001e';

/**
 * What to give sshd. The arguments are visible in `ps`; what is secret belongs on standard input. Where the command would be
 * longer than the server takes, its words follow in the line that lets it begin: the shell reads that byte by byte, so that
 * nothing of what comes after it is lost, and words that are long are therefore sent this way only where they must.
 */
export function remoteCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  bytesMax = Number.POSITIVE_INFINITY,
): RemoteCommand {
  if (argv.length === 0) throw new Error('a command needs at least its name');
  const exports = Object.entries(env).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`'${name}' is no name for an environment variable`);
    return `export ${name}=${quote(value)};`;
  });
  const begin =
    `${exports.join('')}` +
    `read -r _ _ _ _ _ anneal_sid _ </proc/$$/stat;` +
    `[ "$anneal_sid" = $$ ]||exec setsid -w sh -c ${quote(`${ANNOUNCE}exec "$@"`)} sh "$@";` +
    `${ANNOUNCE}exec "$@"`;
  const words = quoteAll(argv);
  const command = `IFS= read -r _||exit 255;set -- ${words};${begin}`;
  if (Buffer.byteLength(command) <= bytesMax) return { command, go: GO };
  const line = words.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return {
    command: `IFS= read -r anneal_words||exit 255;eval "set -- $(printf %b "$anneal_words")";unset anneal_words;${begin}`,
    go: `${line}\n`,
  };
}

const ANNOUNCE = `printf '\\036%s\\n' $$ >&2;`;

/** The session number that a line of stderr tells, or null for a line of the command's own. */
export function announcedSession(line: string): number | null {
  if (!line.startsWith(MARK)) return null;
  const session = Number(line.slice(MARK.length));
  return Number.isSafeInteger(session) && session > 1 ? session : null;
}

/**
 * Ends every process of a session: TERM to all, again every second, because a shell that is told just before it begins to
 * wait for a program waits on; KILL to what is left after `killAfterMs`. It returns 0 when none is left.
 * It keeps running when the connection is lost in the middle.
 */
export function endSessionCommand(session: number, killAfterMs: number): string {
  const rounds = Math.ceil(killAfterMs / POLL_MS);
  return `exec sh -c ${quote(END_SESSION)} sh ${session} ${rounds}`;
}

const POLL_MS = 100;

/** /proc/PID/stat: the command name is in parentheses and may hold anything; after it come state, parent, group, session. */
const END_SESSION = `
trap '' HUP PIPE
members() {
  pids=
  for stat in /proc/[0-9]*/stat; do
    line=
    { read -r line <"$stat"; } 2>/dev/null
    pid=\${line%% *}
    set -- \${line##*) }
    if [ "\${4:-}" = "$session" ] && [ "$1" != Z ]; then pids="$pids $pid"; fi
  done
  [ -n "$pids" ]
}
session=$1 rounds=$2 round=0
while members; do
  if [ $((round % 10)) -eq 0 ]; then kill -TERM $pids 2>/dev/null; fi
  if [ "$round" -ge "$rounds" ]; then kill -KILL $pids 2>/dev/null; fi
  if [ "$round" -ge $((rounds + 20)) ]; then exit 1; fi
  round=$((round + 1))
  sleep 0.1
done
exit 0
`;
