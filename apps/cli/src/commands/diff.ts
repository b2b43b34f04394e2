import { leaf, type Declare } from '../command/leaf.js';
import { nameOf, readBytes } from '../command/read-file.js';
import { EXIT } from '../exit.js';
import type { Foreseen } from '../manifest/foresee.js';
import { ROLLOUT_OPTIONS, rolloutOf, type RolloutFlags } from '../manifest/rollout.js';

interface DiffOptions extends RolloutFlags {
  readonly file: string[];
  readonly prune?: boolean;
}

/**
 * `anneal diff`: what `apply` would change, said by the server, which makes the edits and takes them back. Like diff(1) and
 * kubectl it ends with 0 when there is no difference and 1 when there is one; what cannot be compared ends with more.
 */
export const declare: Declare = (program, terminal) => {
  leaf<DiffOptions>(program, terminal, {
    usage: 'diff',
    summary: 'what apply would change',
    says: 'Exit code 0: nothing; 1: something; 2 to 6: it could not be compared.',
    needed: [['-f, --file <file...>', 'a file with deployments, or with a site; - reads stdin; several are allowed']],
    options: [['--prune', 'count what the file does not name as to be unbound'], ...ROLLOUT_OPTIONS],
    examples: ['anneal diff -f web.yml', 'anneal diff -f web.yml --wave 5 -o json'],
    run: async ({ client, printer }, _args, options) => {
      const [{ readManifests }, { foresee }, { foreseenDocument, foreseenText }] = await Promise.all([
        import('../manifest/read.js'),
        import('../manifest/foresee.js'),
        import('../manifest/show-foreseen.js'),
      ]);
      const { differs: siteDiffers, previewSite, readSite, siteText } = await import('../manifest/site.js');
      const rollout = rolloutOf(options);
      const seen: Foreseen[] = [];
      const sites: unknown[] = [];
      let anySite = false;
      for (const file of options.file) {
        const text = (await readBytes(file, terminal)).toString('utf8');
        const site = readSite(text, nameOf(file));
        if (site) {
          const changes = await previewSite(client, site);
          anySite ||= siteDiffers(changes);
          sites.push({ site: true, changes });
          if (!printer.isData) printer.say(siteText(changes).join('\n'));
          continue;
        }
        for (const manifest of readManifests(text, nameOf(file))) {
          const foreseen = await foresee(client, manifest, { prune: options.prune ?? false, rollout });
          seen.push(foreseen);
          if (printer.format === 'name' && foreseen.differs) printer.lines([manifest.name]);
          else if (!printer.isData) printer.say(foreseenText(foreseen, printer.palette).join('\n'));
        }
      }
      if (printer.format === 'json' || printer.format === 'yaml')
        await printer.document([...sites, ...seen.map(foreseenDocument)]);
      return anySite || seen.some(({ differs }) => differs) ? EXIT.failed : EXIT.ok;
    },
  });
};
