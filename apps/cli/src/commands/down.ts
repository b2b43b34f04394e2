import { leaf, type Declare } from '../command/leaf.js';
import { EXIT, Stop } from '../exit.js';

/** `anneal down`: stops the `anneal up` of this home, wherever it was started, and waits for its end. */
export const declare: Declare = (program, terminal) => {
  leaf<{ home?: string }>(program, terminal, {
    usage: 'down',
    summary: 'stop the Anneal that runs on this host',
    options: [['--home <folder>', 'where its data is kept; else ANNEAL_HOME, else .anneal of the checkout']],
    run: async ({ progress }, _args, options) => {
      const runtime = await import('#runtime');
      const home = runtime.openHome(options.home);
      if (runtime.upProcessOf(home) === null) return progress.line(`nothing runs from ${home.path}`);
      await runtime.stopDetached(home).catch((error: unknown) => {
        throw new Stop(EXIT.timeout, error instanceof Error ? error.message : String(error));
      });
      progress.line('stopped');
    },
  });
};
