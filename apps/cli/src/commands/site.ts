import { leaf, type Declare } from '../command/leaf.js';

/** `anneal site`: everything that a site stands on, as one document; `anneal apply -f` makes the same of it elsewhere. */
export const declare: Declare = (program, terminal) => {
  const site = program
    .command('site')
    .summary('networks, names, services and the admin node in one piece')
    .description('Networks, names, services and the admin node in one piece');
  leaf(site, terminal, {
    usage: 'show',
    summary: 'show the site as a file for apply',
    examples: ['anneal site show -o yaml > site.yml'],
    run: async ({ client, printer }) =>
      await printer.document({ kind: 'site', ...(await client.get<Record<string, unknown>>('site.show')) }),
  });
  leaf(site, terminal, {
    usage: 'host',
    summary: 'whether the host of the server is fit for its work',
    run: async ({ client, printer }) => {
      const host = await client.get<{ checks: { name: string; verdict: string; says: string }[] }>('wizard.host');
      if (printer.isData) return await printer.document(host);
      printer.lines(host.checks.map(({ name, verdict, says }) => `${verdict.padEnd(8)} ${name}: ${says}`));
    },
  });
};
