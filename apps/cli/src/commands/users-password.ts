import { askSecret } from '../command/confirm.js';
import type { Invocation } from '../command/invocation.js';
import { leaf, type Declare } from '../command/leaf.js';
import { readBytes } from '../command/read-file.js';
import { usage } from '../exit.js';

/** `anneal users password`: sets a password, which is asked for or piped in and never stands on the command line. */
export const declarePassword: Declare = (users, terminal) => {
  leaf<{ passwordStdin?: boolean; own?: boolean }>(users, terminal, {
    usage: 'password <user>',
    summary: 'set a password',
    says: 'All sessions of the user end.',
    options: [
      ['--password-stdin', 'read the new password from stdin'],
      ['--own', 'it is your own: the current one is asked for too'],
    ],
    run: async (invocation, [user], options) => {
      const current = options.own ? await askSecret(invocation, 'Current password: ') : undefined;
      const password = await newPassword(invocation, options);
      await invocation.client.send('users.password', {
        params: { key: String(user) },
        body: { password, ...(current ? { current } : {}) },
      });
      invocation.progress.line(`password of ${String(user)} set`);
    },
  });
};

const newPassword = async (invocation: Invocation, { passwordStdin }: { passwordStdin?: boolean }): Promise<string> => {
  if (passwordStdin) return await passwordFromStdin(invocation);
  const password = await askSecret(invocation, 'New password: ');
  if (password !== (await askSecret(invocation, 'The same again: '))) throw usage('The two are not the same.');
  return password;
};

/** One line of stdin. */
export const passwordFromStdin = async (invocation: Invocation): Promise<string> => {
  const password = (await readBytes('-', invocation.terminal)).toString('utf8').replace(/\r?\n$/, '');
  if (password === '') throw usage('stdin holds no password.');
  return password;
};
