import { keepSession, sessionsFile, type Session } from '../client/sessions.js';
import { askSecret } from '../command/confirm.js';
import { leaf, type Declare } from '../command/leaf.js';
import { passwordFromStdin } from './users-password.js';

/**
 * `anneal login`: trades a name and a password for a session's token, which is kept for this server in a file that only
 * this account can read. With the one-time code of `anneal up` it first makes the administrator.
 */
export const declare: Declare = (program, terminal) => {
  leaf<{ passwordStdin?: boolean; code?: string }>(program, terminal, {
    usage: 'login <name>',
    summary: 'log in to a server',
    says: 'The password is asked for.',
    options: [
      ['--password-stdin', 'read the password from stdin instead'],
      [
        '--code <code>',
        'the one-time code that `anneal up` printed: makes the first administrator of this name and password',
      ],
    ],
    examples: ['anneal login ada', 'anneal login root --code AB12-CD34 --url http://10.0.0.2:7700'],
    run: async (invocation, [name], options) => {
      const { client, progress } = invocation;
      const password = options.passwordStdin
        ? await passwordFromStdin(invocation)
        : await askSecret(invocation, `Password of ${String(name)}: `);
      if (options.code) await client.send('setup.create', { body: { code: options.code, name, password } });
      const { body } = await client.send<{ secret: string; actor: string; role: string; expires_at: string }>(
        'sessions.create',
        { body: { name, password } },
      );
      const session: Session = { token: body.secret, actor: body.actor, expires_at: body.expires_at };
      keepSession(client.connection.address, session, terminal.env);
      progress.line(
        `logged in to ${client.connection.address} as ${body.actor} (${body.role}) until ${body.expires_at}; kept in ${sessionsFile(terminal.env)}`,
      );
    },
  });
};
