import { keepSession, sessionWith } from '../client/sessions.js';
import { leaf, type Declare } from '../command/leaf.js';
import { Stop } from '../exit.js';

/** `anneal logout`: ends the session at the server and forgets its token, also when the server is gone. */
export const declare: Declare = (program, terminal) => {
  leaf(program, terminal, {
    usage: 'logout',
    summary: 'log out again',
    run: async ({ client, progress }) => {
      const { address, tokenFrom } = client.connection;
      if (!sessionWith(address, terminal.env, terminal.now())) return progress.line(`not logged in to ${address}`);
      if (tokenFrom === 'anneal login') {
        await client.send('sessions.delete').catch((error: unknown) => {
          if (!(error instanceof Stop)) throw error;
          progress.warn(`the session could not be ended at the server: ${error.message}`);
        });
      }
      keepSession(address, null, terminal.env);
      progress.line(`logged out of ${address}`);
    },
  });
};
