import { usage } from '../exit.js';
import type { Invocation } from './invocation.js';

/** Whether something that cannot be undone is meant. `--yes` says so; at a terminal we ask; a script has to say it. */
export const confirm = async (
  invocation: Invocation,
  question: string,
  { yes }: { yes?: boolean | undefined },
): Promise<boolean> => {
  if (yes) return true;
  const { stdin, stderr, signal } = invocation.terminal;
  if (!stdin.isTTY || !stderr.isTTY)
    throw usage(`${question} Nobody can be asked here.`, 'Add --yes when it is meant.');
  const { createInterface } = await import('node:readline/promises');
  const dialog = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await dialog.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    dialog.close();
  }
};

/** Reads a line at a terminal without showing it. */
export const askSecret = async (invocation: Invocation, prompt: string): Promise<string> => {
  const { stdin, stderr, signal } = invocation.terminal;
  if (!stdin.isTTY) throw usage('Nobody can be asked for the password here.', 'Pipe it in with --password-stdin.');
  const [{ createInterface }, { Writable }] = await Promise.all([
    import('node:readline/promises'),
    import('node:stream'),
  ]);
  stderr.write(prompt);
  const dialog = createInterface({
    input: stdin,
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: true,
  });
  try {
    return await dialog.question('', { signal });
  } finally {
    dialog.close();
    stderr.write('\n');
  }
};
