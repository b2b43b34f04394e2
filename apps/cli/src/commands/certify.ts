import type { Command } from 'commander';
import { declareReport } from '../certify/files.js';
import { CERTIFICATION_LOOK, withColumns, type Certification } from '../certify/look.js';
import { declareContinue, declareStart } from '../certify/start.js';
import { declareVerify } from '../certify/verify.js';
import { CERTIFY_TIMEOUT_DEFAULT, watch } from '../certify/watch.js';
import { allItems } from '../client/pages.js';
import { leaf, type Declare } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { readBytes } from '../command/read-file.js';
import type { Terminal } from '../command/terminal.js';
import { EXIT } from '../exit.js';
import { harmless } from '../output/cell.js';
import { byFields, type Look } from '../output/printer.js';
import { queryOf } from '../resource/list.js';
import { declareNoun } from '../resource/noun.js';
import { versionOf } from '../resource/update.js';

const OUTCOME_LOOK: Look = {
  columns: [
    { field: 'status' },
    { field: 'seconds' },
    { field: 'name' },
    { field: 'reason' },
    { field: 'worker', wide: true },
  ],
  nameOf: byFields('name'),
};
const FIT_LOOK: Look = {
  columns: [
    { field: 'guideline' },
    { field: 'program' },
    { field: 'standing' },
    { field: 'must_pass.passed', head: 'PASSED' },
    { field: 'must_pass.total', head: 'MUST PASS' },
    { field: 'attempted' },
    { field: 'mended_by', head: 'MENDED BY' },
  ],
  nameOf: (item) => `${String(item['guideline'])}/${String(item['program'])}`,
};
const HISTORY_LOOK: Look = {
  columns: [
    { field: 'ended_at', head: 'AGE' },
    { field: 'cloud' },
    { field: 'guideline' },
    { field: 'program' },
    { field: 'must_pass_passed', head: 'PASSED' },
    { field: 'must_pass_total', head: 'MUST PASS' },
    { field: 'met' },
    { field: 'suite' },
    { field: 'seconds', wide: true },
    { field: 'certification_id', head: 'CERTIFICATION' },
  ],
  nameOf: byFields('certification_id'),
};

/** `anneal certify`: the tests of guidelines, run against clouds, and what came of them. */
export const declare: Declare = (program, terminal) => {
  const certify = declareNoun(program, terminal, {
    name: 'certify',
    aliases: ['certification', 'certifications'],
    summary: 'Runs of test suites against clouds, and what came of them',
    one: 'certification',
    key: 'certification',
    tag: 'certifications',
    look: CERTIFICATION_LOOK,
    without: ['list', 'create', 'update', 'delete'],
    verbs: [
      {
        name: 'cancel',
        route: 'certifications.cancel',
        summary: 'end it; what had not been tested can be resumed',
        answers: CERTIFICATION_LOOK,
      },
      {
        name: 'verdicts',
        route: 'certifications.verdicts',
        summary: 'show its verdicts, test by test',
        answers: 'document',
      },
      {
        name: 'explain',
        route: 'certifications.explain',
        summary: 'why it is not done, and what would move it',
        answers: 'document',
      },
    ],
  });
  declareList(certify, terminal);
  declareStart(certify, terminal);
  declareContinue(certify, terminal, {
    name: 'resume',
    route: 'certifications.resume',
    summary: 'go on with what had not been run',
  });
  declareContinue(certify, terminal, {
    name: 'retry',
    route: 'certifications.retry',
    summary: 'try again what failed or was skipped',
  });
  leaf<{ timeout: string }>(certify, terminal, {
    usage: 'watch <certification>',
    summary: 'follow it to its end',
    options: [['--timeout <time>', 'how long at the most, such as 90m or 12h', CERTIFY_TIMEOUT_DEFAULT]],
    run: (invocation, [key], { timeout }) => watch(invocation, String(key), timeout),
  });
  declareReport(certify, terminal);
  declareVerify(certify, terminal);
  declareReading(certify, terminal);
  declareImport(certify, terminal);
  declarePublishing(certify, terminal);
};

const declareList = (certify: Command, terminal: Terminal): void => {
  leaf<{ filter?: string[]; sort?: string; limit?: string }>(certify, terminal, {
    usage: 'list',
    aliases: ['ls'],
    summary: 'list certifications, the newest first',
    options: [
      ['--filter <condition...>', 'such as `cloud eq "cloud" and state eq finished`; several are joined with and'],
      ['--sort <fields>', 'with commas; - in front for descending'],
      ['--limit <count>', 'no more than so many'],
    ],
    run: async ({ client, printer }, _args, options) => {
      const items = await allItems<Certification>(client, 'certifications.list', {
        query: queryOf(options),
        ...(options.limit === undefined
          ? {}
          : { limit: parseCount(options.limit, '--limit', { min: 1, max: 10_000_000 }) }),
      });
      await printer.list(printer.isData ? items : items.map(withColumns), CERTIFICATION_LOOK);
    },
  });
};

interface Fit extends Readonly<Record<string, unknown>> {
  readonly lacking: readonly { readonly capability: string; readonly roles: readonly string[] }[];
}

interface ChangedTest {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

interface Comparison {
  readonly before: { readonly claim: string };
  readonly after: { readonly claim: string };
  readonly newly_passing: readonly ChangedTest[];
  readonly newly_failing: readonly ChangedTest[];
  readonly failed_to_skipped: readonly ChangedTest[];
  readonly skipped_to_failed: readonly ChangedTest[];
  readonly otherwise_changed: readonly ChangedTest[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly slower: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  readonly attributes: readonly { readonly name: string; readonly before?: unknown; readonly after?: unknown }[];
}

const declareReading = (certify: Command, terminal: Terminal): void => {
  leaf<{ filter?: string[] }>(certify, terminal, {
    usage: 'outcomes <certification>',
    summary: 'list how its tests ended',
    options: [['--filter <condition...>', 'such as `status eq failed`']],
    run: async ({ client, printer }, [key], options) =>
      await printer.list(
        await allItems<Record<string, unknown>>(client, 'certifications.outcomes', {
          params: { key: String(key) },
          query: queryOf(options),
        }),
        OUTCOME_LOOK,
      ),
  });
  leaf(certify, terminal, {
    usage: 'fits <certification>',
    summary: 'how far the cloud comes by every program of every guideline, and who would mend the rest',
    run: async ({ client, printer }, [key]) => {
      const { items } = await client.get<{ items: readonly Fit[] }>('certifications.fits', {
        params: { key: String(key) },
      });
      const shown = items.map((fit) => ({
        ...fit,
        mended_by: [...new Set(fit.lacking.flatMap(({ roles }) => roles))].join(' '),
      }));
      await printer.list(printer.isData ? items : shown, FIT_LOOK);
    },
  });
  leaf<{ guideline?: string; program?: string }>(certify, terminal, {
    usage: 'diff <before> <after>',
    summary: 'what changed from one certification to another, of this cloud or of two',
    says: 'Exit code 1 when something passes no more.',
    options: [
      ['--guideline <guideline>', 'by which to judge both; the first goal of the later one when absent'],
      ['--program <program>', 'the program of it'],
    ],
    run: async ({ client, printer }, [before, after], { guideline, program: name }) => {
      const diff = await client.get<Comparison>('certifications.compare', {
        params: { key: String(after) },
        query: { before: String(before), guideline, program: name },
      });
      if (printer.isData) await printer.document(diff);
      else printer.lines(diffText(diff));
      return diff.newly_failing.length > 0 ? EXIT.failed : EXIT.ok;
    },
  });
  leaf<{ deployment?: string; cloud?: string; program?: string; limit?: string }>(certify, terminal, {
    usage: 'history',
    summary: 'how clouds did over time, the newest first',
    options: [
      ['--deployment <deployment>', 'only the cloud of this deployment'],
      ['--cloud <name>', 'only this cloud'],
      ['--program <program>', 'only this program'],
      ['--limit <count>', 'no more than so many'],
    ],
    run: async ({ client, printer }, _args, { deployment, cloud, program: name, limit }) => {
      const { items } = await client.get<{ items: Record<string, unknown>[] }>('certifications.history', {
        query: { deployment, cloud, program: name, limit },
      });
      await printer.list(items, HISTORY_LOOK);
    },
  });
};

const diffText = (diff: Comparison): string[] => {
  const changed = (title: string, tests: readonly ChangedTest[]): string[] =>
    tests.map(({ name, before, after }) => `${title} ${name}: ${before} → ${after}`);
  const lines = [
    ...changed('+', diff.newly_passing),
    ...changed('-', diff.newly_failing),
    ...changed('~', [...diff.failed_to_skipped, ...diff.skipped_to_failed, ...diff.otherwise_changed]),
    ...diff.added.map((name) => `asked for only now: ${name}`),
    ...diff.removed.map((name) => `no longer asked for: ${name}`),
    ...diff.slower.map(
      ({ name, before, after }) => `slower: ${name}: ${Math.round(before)} s → ${Math.round(after)} s`,
    ),
    ...diff.attributes.map(({ name, before, after }) => `the cloud: ${name}: ${shown(before)} → ${shown(after)}`),
  ];
  return [
    `before: ${diff.before.claim}`,
    `after:  ${diff.after.claim}`,
    ...(lines.length > 0 ? lines : ['nothing changed']),
  ];
};

const shown = (value: unknown): string => (value === undefined ? '(none)' : harmless(JSON.stringify(value)));

const FORMATS = ['refstack', 'subunit', 'names'];

const declareImport = (certify: Command, terminal: Terminal): void => {
  leaf<{ format: string; cloud: string; goal: string; release?: string; note?: string }>(certify, terminal, {
    usage: 'import <file>',
    summary: 'take in results of another cloud, to judge and compare them; - reads stdin',
    says: 'refstack is the document that RefStack takes, subunit a raw stream (version 2), names a list of tests that passed.',
    needed: [
      ['--cloud <name>', 'what people call the cloud'],
      ['--goal <guideline/program>', 'by what to judge them; several with commas'],
    ],
    options: [
      ['--format <format>', FORMATS.join(', '), 'refstack'],
      ['--release <release>', 'of OpenStack that the cloud has'],
      ['--note <text>', 'kept with the results'],
    ],
    examples: ['anneal certify import their-results.json --cloud theirs --goal 2020.06/compute'],
    run: async ({ client, printer }, [file], { format, cloud, goal, release, note }) => {
      const bytes = await readBytes(String(file), terminal);
      const { body } = await client.send<Certification>('certifications.import', {
        query: { format, cloud, goals: goal, release, note },
        body: new Uint8Array(bytes),
        contentType: 'application/octet-stream',
      });
      await printer.row(printer.isData ? body : withColumns(body), CERTIFICATION_LOOK);
    },
  });
};

const declarePublishing = (certify: Command, terminal: Terminal): void => {
  const edits = [
    ['publish', 'show it to everybody at /results', { public: true }],
    ['withdraw', 'show it to nobody any more', { public: false }],
  ] as const;
  for (const [name, summary, body] of edits)
    leaf(certify, terminal, {
      usage: `${name} <certification>`,
      summary,
      run: async ({ client, printer }, [key]) => {
        const ifMatch = await versionOf(client, 'certifications.show', String(key), undefined);
        const { body: edited } = await client.send<Certification>('certifications.patch', {
          params: { key: String(key) },
          body,
          ifMatch,
        });
        await printer.row(printer.isData ? edited : withColumns(edited), CERTIFICATION_LOOK);
      },
    });
  leaf<{ off?: boolean }>(certify, terminal, {
    usage: 'mark <certification>',
    summary: 'put the official mark on it; for the one user whom the setting official_marker names',
    options: [['--off', 'take it off again']],
    run: async ({ client, printer }, [key], { off }) => {
      const { body: marked } = await client.send<Certification>('certifications.official', {
        params: { key: String(key) },
        body: { official: !off },
      });
      await printer.row(printer.isData ? marked : withColumns(marked), CERTIFICATION_LOOK);
    },
  });
};
