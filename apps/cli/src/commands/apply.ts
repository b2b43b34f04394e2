import type { Invocation } from '../command/invocation.js';
import { confirm } from '../command/confirm.js';
import { leaf, type Declare } from '../command/leaf.js';
import { nameOf, readBytes } from '../command/read-file.js';
import { EXIT, type ExitCode } from '../exit.js';
import { commitSummary, type Committed } from '../manifest/committed.js';
import type { Foreseen } from '../manifest/foresee.js';
import { ROLLOUT_OPTIONS, rolloutOf, type RolloutFlags } from '../manifest/rollout.js';
import { WAIT_OPTIONS, type WaitOptions } from '../waiting/wait-options.js';

interface ApplyOptions extends RolloutFlags, WaitOptions {
  readonly file: string[];
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly yes?: boolean;
  /** False with `--no-commit`. */
  readonly commit: boolean;
  readonly note?: string;
}

/**
 * `anneal apply`: makes deployments what files say. What is so already is left alone, so the same file may be applied again
 * and again. Everything that the file asks for is proposed in one transaction, then committed.
 */
export const declare: Declare = (program, terminal) => {
  leaf<ApplyOptions>(program, terminal, {
    usage: 'apply',
    summary: 'make a deployment what a file says',
    says: 'Asks before it destroys or unbinds something.',
    needed: [['-f, --file <file...>', 'a file with deployments, or with a site; - reads stdin; several are allowed']],
    options: [
      ['--dry-run', 'only say what would change, as `anneal diff` does'],
      ['--prune', 'unbind what the file does not name and nothing in it needs'],
      ['-y, --yes', 'do not ask'],
      ['--no-commit', 'leave it proposed'],
      ['--note <text>', 'kept with the snapshot of the commit'],
      ...ROLLOUT_OPTIONS,
      ...WAIT_OPTIONS,
    ],
    examples: [
      'anneal apply -f web.yml --dry-run',
      'anneal apply -f web.yml --wait --timeout 30m',
      'anneal apply -f web.yml --wave 10 --pause 5m --max-failures 10%',
    ],
    run: async (invocation, _args, options) => {
      const [{ readManifests }, { foresee }, { applySite, previewSite, readSite, siteText }] = await Promise.all([
        import('../manifest/read.js'),
        import('../manifest/foresee.js'),
        import('../manifest/site.js'),
      ]);
      const rollout = rolloutOf(options);
      const applied: Record<string, unknown>[] = [];
      for (const file of options.file) {
        const text = (await readBytes(file, terminal)).toString('utf8');
        const site = readSite(text, nameOf(file));
        if (site) {
          const changes = await (options.dryRun ? previewSite : applySite)(invocation.client, site);
          if (!invocation.printer.isData) invocation.printer.say(siteText(changes).join('\n'));
          applied.push({ site: true, applied: !options.dryRun, changes });
          continue;
        }
        for (const manifest of readManifests(text, nameOf(file))) {
          const foreseen = await foresee(invocation.client, manifest, { prune: options.prune ?? false, rollout });
          const result = await applyOne(invocation, foreseen, { options, rollout });
          if (result === null) return EXIT.failed;
          applied.push(result);
        }
      }
      if (invocation.printer.format === 'json' || invocation.printer.format === 'yaml')
        await invocation.printer.document(applied);
      return options.wait && options.commit && !options.dryRun ? await waitFor(invocation, applied, options) : EXIT.ok;
    },
  });
};

interface How {
  readonly options: ApplyOptions;
  readonly rollout: Readonly<Record<string, number | string>> | null;
}

/** Applies one deployment and gives what a program reads of it; null when the operator does not want it. */
const applyOne = async (
  invocation: Invocation,
  foreseen: Foreseen,
  { options, rollout }: How,
): Promise<Record<string, unknown> | null> => {
  const { client, printer, progress } = invocation;
  const [{ foreseenDocument, foreseenText }, { wishOf }, { asksForEdits }] = await Promise.all([
    import('../manifest/show-foreseen.js'),
    import('../manifest/foresee.js'),
    import('../manifest/difference.js'),
  ]);
  const { difference, manifest, differs } = foreseen;
  const document = foreseenDocument(foreseen);
  if (options.dryRun || !differs) {
    if (!printer.isData) printer.say(foreseenText(foreseen, printer.palette).join('\n'));
    return { ...document, applied: false };
  }
  for (const line of foreseenText(foreseen, progress.palette)) progress.line(line);
  if (!(await isMeant(invocation, foreseen, options))) return null;

  const params = { key: manifest.name };
  if (asksForEdits(difference)) await client.send('wishes.make', { params, body: wishOf(difference) });
  for (const { node, attrib, value } of difference.nodes) {
    if (value === null) await client.send('nodes.unsetAttrib', { params: { key: node, attrib } });
    else await client.send('nodes.setAttrib', { params: { key: node, attrib }, body: { value } });
  }
  if (!options.commit) {
    if (!printer.isData)
      printer.say(`${manifest.name} is proposed; \`anneal deployments commit ${manifest.name}\` makes it so.`);
    return { ...document, applied: true, commit: null };
  }
  const { body: commit } = await client.send<Committed>('deployments.commit', {
    params,
    body: { ...(options.note === undefined ? {} : { note: options.note }), ...(rollout ? { rollout } : {}) },
  });
  if (printer.format === 'name') printer.lines([manifest.name]);
  else if (!printer.isData) printer.say(commitSummary(manifest.name, commit));
  return { ...document, applied: true, commit };
};

/** Asks where something is lost that a second apply does not bring back. */
const isMeant = async (
  invocation: Invocation,
  { manifest, preview }: Foreseen,
  options: ApplyOptions,
): Promise<boolean> => {
  const unbound = preview.unbound ?? [];
  const destructive = options.commit ? preview.destructive.map(({ name }) => name) : [];
  if (unbound.length === 0 && destructive.length === 0) return true;
  const what = [
    ...(destructive.length > 0
      ? [`${short(destructive)} ${destructive.length === 1 ? 'destroys' : 'destroy'} what is there`]
      : []),
    ...(unbound.length > 0 ? [`${short(unbound)} ${unbound.length === 1 ? 'is' : 'are'} unbound`] : []),
  ];
  return await confirm(invocation, `${manifest.name}: ${what.join(', and ')}. Go on?`, options);
};

const NAMED_MAX = 5;
const short = (names: readonly string[]): string =>
  `${names.slice(0, NAMED_MAX).join(', ')}${names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : ''}`;

const waitFor = async (
  invocation: Invocation,
  applied: readonly Record<string, unknown>[],
  options: ApplyOptions,
): Promise<ExitCode> => {
  const { waitForAll } = await import('../waiting/wait-for-all.js');
  // One with a rollout has settled when its last wave has.
  const rollouts = applied.flatMap(({ commit }) => (commit as Committed | null | undefined)?.rollout ?? []);
  return await waitForAll(
    invocation,
    [
      ...rollouts.map(({ id }) => `rollouts/${id}`),
      ...applied.map(({ deployment }) => `deployments/${String(deployment)}`),
    ],
    options,
  );
};
