import { join } from 'node:path';
import { confirm } from '../command/confirm.js';
import { leaf, type Declare } from '../command/leaf.js';
import { EXIT } from '../exit.js';

/**
 * `anneal restore`: puts a backup in the place of all that the database holds. Servers and workers must be stopped. What
 * ran when the backup was taken is found lost at the next start, and decided about as after any crash.
 */
export const declare: Declare = (program, terminal) => {
  leaf<{ home?: string; yes?: boolean }>(program, terminal, {
    usage: 'restore <file>',
    summary: 'put a backup in the place of all that the database holds',
    says: 'All of it or, with any error, nothing. Afterwards the database is brought up to this version. Servers and workers must be stopped first.',
    options: [
      ['--home <folder>', 'of which installation; else ANNEAL_HOME. DATABASE_URL counts more'],
      ['-y, --yes', 'do not ask'],
    ],
    run: async (invocation, [path], options) => {
      const [{ withDatabase }, { readLines }, { headerOf, restore }, { migrate, readMigrations }] = await Promise.all([
        import('../backup/database.js'),
        import('../backup/read-lines.js'),
        import('../backup/restore.js'),
        import('#store/migrate'),
      ]);
      return await withDatabase(invocation, { home: options.home, alone: true }, async ({ url, checkout }) => {
        const migrations = readMigrations(join(checkout, 'migrations'));
        const lines = readLines(String(path));
        const first = await lines.next();
        const header = headerOf(first.done ? undefined : first.value, migrations);
        if (
          !(await confirm(
            invocation,
            `Put the backup of ${header.at} in the place of everything in this database?`,
            options,
          ))
        )
          return EXIT.failed;
        const { rows } = await restore(url, header, lines, migrations);
        const later = await migrate(url, join(checkout, 'migrations'));
        invocation.progress.line(
          `restored ${rows} rows as of ${header.at}${later.length > 0 ? `, then migrated: ${later.join(', ')}` : ''}`,
        );
        return EXIT.ok;
      });
    },
  });
};
