import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { installedVersion } from '../client/home.js';
import { leaf, type Declare } from '../command/leaf.js';
import { EXIT, Stop } from '../exit.js';

/**
 * `anneal backup`: everything that the database holds, in one file. It reads the database itself and not the API, so it
 * works while Anneal runs and while it does not.
 */
export const declare: Declare = (program, terminal) => {
  leaf<{ home?: string; force?: boolean }>(program, terminal, {
    usage: 'backup <file>',
    summary: 'write all that the database holds to a file',
    says:
      'It is taken at one instant and keeps nobody waiting. Secrets are in it as they are in the database: the file is readable by this account alone. ' +
      'Not in it: ANNEAL_HOME/ssh, by whose key nodes are reached, and ANNEAL_HOME/secrets.key, without which passwords of BMCs have to be set anew; keep copies of them as well.',
    options: [
      ['--home <folder>', 'of which installation; else ANNEAL_HOME. DATABASE_URL counts more'],
      ['--force', 'write over a file that is there'],
    ],
    examples: ['anneal backup anneal-$(date +%F).jsonl.gz'],
    run: async (invocation, [path], { home, force }) => {
      const file = String(path);
      if (!force && statSync(file, { throwIfNoEntry: false }))
        throw new Stop(EXIT.conflict, `${file} is there already.`, 'Choose another name, or add --force.');
      const [{ withDatabase }, { writeBackup }] = await Promise.all([
        import('../backup/database.js'),
        import('../backup/write-backup.js'),
      ]);
      const draft = `${file}.${process.pid}`;
      try {
        const written = await withDatabase(invocation, { home, alone: false }, async ({ url }) => {
          const zip = createGzip();
          const out = zip.pipe(createWriteStream(draft, { mode: 0o600 }));
          const result = await writeBackup(url, installedVersion(), new Date(terminal.now()), zip, invocation.signal);
          zip.end();
          await finished(out);
          return result;
        });
        renameSync(draft, file);
        invocation.progress.line(`wrote ${written.rows} rows of ${written.tables} tables to ${file}`);
      } finally {
        rmSync(draft, { force: true });
      }
    },
  });
};
