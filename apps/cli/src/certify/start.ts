import type { Command } from 'commander';
import type { Invocation } from '../command/invocation.js';
import { leaf } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { readBytes, readDocument } from '../command/read-file.js';
import type { Terminal } from '../command/terminal.js';
import { usage, type ExitCode } from '../exit.js';
import type { RouteId } from '../client/route.js';
import { CERTIFICATION_LOOK, withColumns, type Certification } from './look.js';
import { watch, WATCH_OPTIONS, type WatchOptions } from './watch.js';

const SCOPES = ['must-pass', 'required', 'all-statuses', 'everything'];
const CONCURRENCY_MAX = 64;

interface StartOptions extends WatchOptions {
  readonly goal: string[];
  readonly scope?: string;
  readonly capability?: string;
  readonly tests?: string;
  readonly tester?: string;
  readonly endpoint?: string;
  readonly cloud?: string;
  readonly concurrency?: string;
  readonly set?: string[];
  readonly note?: string;
}

/** `anneal certify start` */
export const declareStart = (parent: Command, terminal: Terminal): void => {
  leaf<StartOptions>(parent, terminal, {
    usage: 'start [deployment]',
    summary: 'run the tests of a guideline against the cloud of a deployment, or any other cloud',
    says: 'The suite runs on the tester, a node to which openstack-certify is bound; with --tester it is bound where it is not. What comes of it is a self-test, whose results are unofficial.',
    needed: [['--goal <guideline/program>', 'such as 2020.06/compute; several with commas']],
    options: [
      ['--scope <scope>', `which tests of it: ${SCOPES.join(', ')}`, 'must-pass'],
      ['--capability <name>', 'only the tests of one capability'],
      ['--tests <file>', 'only the tests that a file names, one a line; - reads stdin'],
      ['--tester <node>', 'the node that runs the suite'],
      ['--endpoint <file>', 'a YAML or JSON document that says how another cloud is reached; - reads stdin'],
      ['--cloud <name>', 'with --endpoint: what people call that cloud'],
      ['--concurrency <count>', 'workers of the suite; it counts processors unless told'],
      ['--set <section.key=value...>', 'a setting of the suite'],
      ['--note <text>', 'kept with the results'],
      ...WATCH_OPTIONS,
    ],
    examples: [
      'anneal certify start cloud --goal 2020.06/compute --wait',
      'anneal certify start --endpoint other-cloud.yaml --tester node-1.example.test --goal 2020.06/object',
    ],
    run: async (invocation, [deployment], options) => {
      if ((deployment === undefined) === (options.endpoint === undefined))
        throw usage(
          'Say which cloud is meant.',
          'Name a deployment, or give --endpoint with a document about another cloud.',
        );
      const { tester, cloud, note } = options;
      const body = {
        ...(deployment === undefined ? {} : { deployment: String(deployment) }),
        ...(options.endpoint === undefined ? {} : { endpoint: await readDocument(options.endpoint, terminal) }),
        goals: options.goal.toString().split(',').map(goalOf),
        scope: await scopeOf(options, terminal),
        settings: settingsOf(options.set ?? []),
        ...(options.concurrency === undefined ? {} : { concurrency: concurrencyOf(options.concurrency) }),
        ...Object.fromEntries(Object.entries({ tester, cloud, note }).filter(([, value]) => value !== undefined)),
      };
      return await begin(invocation, 'certifications.create', { body }, options);
    },
  });
};

interface ContinueOptions extends WatchOptions {
  readonly endpoint?: string;
  readonly concurrency?: string;
  readonly set?: string[];
  readonly note?: string;
}

/** `anneal certify resume` and `anneal certify retry` */
export const declareContinue = (
  parent: Command,
  terminal: Terminal,
  { name, route, summary }: { readonly name: string; readonly route: RouteId; readonly summary: string },
): void => {
  leaf<ContinueOptions>(parent, terminal, {
    usage: `${name} <certification>`,
    summary,
    says: 'It is a certification of its own, whose verdict counts the whole line.',
    options: [
      ['--endpoint <file>', 'how the cloud is reached, where it is not ours: it was forgotten'],
      ['--concurrency <count>', 'workers of the suite'],
      ['--set <section.key=value...>', 'a setting of the suite'],
      ['--note <text>', 'kept with the results'],
      ...WATCH_OPTIONS,
    ],
    run: async (invocation, [key], options) => {
      const settings = settingsOf(options.set ?? []);
      const body = {
        ...(options.endpoint === undefined ? {} : { endpoint: await readDocument(options.endpoint, terminal) }),
        ...(options.concurrency === undefined ? {} : { concurrency: concurrencyOf(options.concurrency) }),
        ...(Object.keys(settings).length === 0 ? {} : { settings }),
        ...(options.note === undefined ? {} : { note: options.note }),
      };
      return await begin(invocation, route, { params: { key: String(key) }, body }, options);
    },
  });
};

const begin = async (
  invocation: Invocation,
  route: RouteId,
  call: { readonly params?: Record<string, string>; readonly body: object },
  { wait, timeout }: WatchOptions,
): Promise<ExitCode | void> => {
  const { client, printer } = invocation;
  const { body } = await client.send<Certification>(route, call);
  await printer.row(printer.isData ? body : withColumns(body), CERTIFICATION_LOOK);
  if (wait) return await watch(invocation, body.id, timeout);
};

const goalOf = (text: string): { guideline: string; program: string } => {
  const [, guideline, program] = /^(.+)\/([^/]+)$/.exec(text.trim()) ?? [];
  if (guideline === undefined || program === undefined)
    throw usage(`--goal ${text} is no goal.`, 'Write it as guideline/program: 2020.06/compute.');
  return { guideline, program };
};

const scopeOf = async (
  { scope = 'must-pass', capability, tests }: StartOptions,
  terminal: Terminal,
): Promise<object> => {
  if (capability !== undefined && tests !== undefined)
    throw usage('--capability and --tests say two different things.', 'Give one of them.');
  if (capability !== undefined) return { kind: 'capability', name: capability };
  if (tests !== undefined) {
    const text = (await readBytes(tests, terminal)).toString('utf8');
    return {
      kind: 'tests',
      names: text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    };
  }
  if (!SCOPES.includes(scope)) throw usage(`--scope ${scope} is no scope.`, `There are ${SCOPES.join(', ')}.`);
  return { kind: scope };
};

const settingsOf = (given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw usage(`--set ${text} is no setting.`, 'Write it as section.key=value: compute.min_compute_nodes=2.');
      return [name, value];
    }),
  );

const concurrencyOf = (text: string): number => parseCount(text, '--concurrency', { min: 0, max: CONCURRENCY_MAX });
