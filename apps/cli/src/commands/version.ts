import { installedVersion } from '../client/home.js';
import { leaf, type Declare } from '../command/leaf.js';
import { Stop } from '../exit.js';

/** A server that does not answer soon is not waited for: the tool's own version is known. */
const SERVER_MS_MAX = 5_000;

/** `anneal version`: of the tool, and of the server when one answers. */
export const declare: Declare = (program, terminal) => {
  leaf<{ client?: boolean }>(program, terminal, {
    usage: 'version',
    summary: 'versions of this tool and of the server',
    options: [['--client', 'only of this tool']],
    run: async (invocation, _args, options) => {
      const { printer } = invocation;
      const versions: Record<string, unknown> = { client: installedVersion() };
      if (!options.client) {
        const { client } = invocation;
        try {
          const document = await client.get<{ info: { version: string } }>('docs.openapi', { withinMs: SERVER_MS_MAX });
          Object.assign(versions, { server: document.info.version, address: client.connection.address });
        } catch (error) {
          if (!(error instanceof Stop)) throw error;
          Object.assign(versions, { server: null, address: client.connection.address });
        }
      }
      await printer.one(versions, { columns: [], nameOf: () => String(versions['client']) });
    },
  });
};
