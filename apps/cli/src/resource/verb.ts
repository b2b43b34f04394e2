import type { Command } from 'commander';
import { allItems } from '../client/pages.js';
import { routeOf, type RouteId } from '../client/route.js';
import { confirm } from '../command/confirm.js';
import { leaf } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import type { Terminal } from '../command/terminal.js';
import { EXIT, usage } from '../exit.js';
import { ROLLOUT_OPTIONS, rolloutOf, type RolloutFlags } from '../manifest/rollout.js';
import { columnsOf, type Look } from '../output/printer.js';
import { valueAt } from '../output/table.js';
import { WAIT_OPTIONS, type WaitOptions } from '../waiting/wait-options.js';
import { BODY_OPTIONS, fieldsText, readBody } from './body.js';
import { forEachKey } from './for-each-key.js';
import { queryOf } from './list.js';
import type { Noun } from './noun.js';
import { keyParams, readOne } from './show.js';
import { versionOf } from './update.js';

/** One more thing that can be done with a noun: a word for a route. What is sent and shown stands in the row. */
export interface Verb {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly route: RouteId;
  readonly summary: string;
  readonly says?: string;
  /** An option for each field of the body that is worth one, and how its text is read. */
  readonly fields?: Readonly<Record<string, VerbField>>;
  /** Sent always. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Asked before it is done; `%s` is the thing's name. */
  readonly asks?: string;
  /** The field of the body that says that a destruction is meant, and the field of the thing that it repeats. */
  readonly confirms?: { readonly field: string; readonly repeats: string };
  /** What the answer is: the thing itself when absent. */
  readonly answers?: 'list' | 'document' | Look;
  /** The answer in a line for people, where it is not a thing with columns. */
  readonly told?: (answer: Readonly<Record<string, unknown>>, key: string) => string;
  /** How the items of a list look; `answers` is `list` then. */
  readonly items?: Look;
  /** Offers the options of a commit in waves, which become the field `rollout`. */
  readonly rollout?: true;
  /** Offers `--wait`: what is waited for when it is given. */
  readonly waits?: (key: string) => string;
  readonly examples?: readonly string[];
}

export interface VerbField {
  readonly flags: string;
  readonly says: string;
  /** `no`: the option takes something away that is done without it. */
  readonly as?: 'text' | 'count' | 'counts' | 'yes' | 'no' | 'list';
}

type VerbOptions = Partial<WaitOptions> &
  RolloutFlags & {
    readonly yes?: boolean;
    readonly set?: string[];
    readonly file?: string;
    readonly filter?: string[];
    readonly sort?: string;
    readonly fields?: string;
    readonly limit?: string;
  } & Readonly<Record<string, unknown>>;

/** Declares a verb by its row. */
export const declareVerb = (parent: Command, terminal: Terminal, noun: Noun, verb: Verb): void => {
  const { method } = routeOf(verb.route);
  if (method === 'GET') return declareReading(parent, terminal, noun, verb);
  const takesBody = (routeOf(verb.route).body?.length ?? 0) > 0;
  leaf<VerbOptions>(parent, terminal, {
    usage: `${verb.name} <${noun.key}...>`,
    aliases: verb.aliases ?? [],
    summary: verb.summary,
    says: [verb.says, takesBody ? fieldsText(verb.route) : ''].filter(Boolean).join(' '),
    options: [
      ...Object.values(verb.fields ?? {}).map(({ flags, says }) => [flags, says] as const),
      ...(verb.rollout ? ROLLOUT_OPTIONS : []),
      ...(takesBody ? BODY_OPTIONS : []),
      ...(verb.asks || verb.confirms ? ([['-y, --yes', 'do not ask; what it destroys is meant']] as const) : []),
      ...(verb.waits ? WAIT_OPTIONS : []),
    ],
    examples: verb.examples ?? [],
    run: async (invocation, [given], options) => {
      const keys = given as readonly string[];
      if (verb.asks && !(await confirm(invocation, verb.asks.replace('%s', keys.join(', ')), options)))
        return EXIT.failed;
      const rollout = verb.rollout ? rolloutOf(options) : null;
      const preset = { ...verb.body, ...fieldValues(verb, options), ...(rollout ? { rollout } : {}) };
      const body = takesBody
        ? await readBody(
            verb.route,
            { set: options.set ?? [], ...(options.file ? { file: options.file } : {}) },
            terminal,
            preset,
          )
        : undefined;
      const answers: Record<string, unknown>[] = [];
      const code = await forEachKey(invocation, keys, async (key) => {
        const answer = await carryOut(invocation, noun, verb, key, {
          body,
          meant: Boolean(verb.asks) || options.yes === true,
        });
        if (verb.told && !invocation.printer.isData) invocation.printer.lines([verb.told(answer, key)]);
        else answers.push(answer);
      });
      const look = typeof verb.answers === 'object' ? verb.answers : noun.look;
      if (keys.length === 1) for (const answer of answers) await invocation.printer.row(answer, look);
      else if (answers.length > 0) await invocation.printer.list(answers, look);
      if (code !== EXIT.ok || !verb.waits || options.wait !== true) return code;
      const { waitForAll } = await import('../waiting/wait-for-all.js');
      return await waitForAll(invocation, keys.map(verb.waits), options);
    },
  });
};

const carryOut = async (
  { client }: Parameters<typeof forEachKey>[0],
  noun: Noun,
  verb: Verb,
  key: string,
  given: { readonly body: Record<string, unknown> | undefined; readonly meant: boolean },
): Promise<Record<string, unknown>> => {
  const show = `${noun.tag}.show` as RouteId;
  const confirmed =
    verb.confirms && given.meant
      ? { [verb.confirms.field]: valueAt(await readOne(client, show, key), verb.confirms.repeats) }
      : {};
  const body = { ...given.body, ...confirmed };
  const ifMatch = routeOf(verb.route).ifMatch ? await versionOf(client, show, key, undefined) : undefined;
  const answer = await client.send<Record<string, unknown>>(verb.route, {
    params: keyParams(verb.route, key),
    ...(Object.keys(body).length > 0 ? { body } : {}),
    ...(ifMatch ? { ifMatch } : {}),
  });
  return answer.body;
};

const fieldValues = (verb: Verb, options: VerbOptions): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  for (const [field, { flags, as = 'text' }] of Object.entries(verb.fields ?? {})) {
    const name = /--([-a-z]+)/.exec(flags)![1]!;
    const given = options[name.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase())];
    if (given === undefined || (Array.isArray(given) && given.length === 0)) continue;
    if (as === 'yes' || as === 'no') values[field] = as === 'yes';
    else if (as === 'count') values[field] = parseCount(String(given), `--${name}`, { min: 0, max: 2_147_483_647 });
    else if (as === 'counts')
      values[field] = parted(given as string[]).map((text) =>
        parseCount(text, `--${name}`, { min: 1, max: Number.MAX_SAFE_INTEGER }),
      );
    else if (as === 'list') values[field] = parted(given as string[]);
    else values[field] = given;
  }
  return values;
};

/** `a,b c` as three texts: an option may be given often, and with commas. */
const parted = (given: readonly string[]): string[] =>
  given.flatMap((text) => text.split(',')).map((text) => text.trim());

/** A verb that reads: the parents of a noderole, the snapshots of a deployment. */
const declareReading = (parent: Command, terminal: Terminal, noun: Noun, verb: Verb): void => {
  const { query = [] } = routeOf(verb.route);
  const isList = verb.answers === 'list';
  const offered = (name: string) => isList && query.includes(name);
  leaf<VerbOptions>(parent, terminal, {
    usage: `${verb.name} <${noun.key}>`,
    aliases: verb.aliases ?? [],
    summary: verb.summary,
    says: verb.says ?? '',
    options: [
      ...(offered('filter')
        ? ([['--filter <condition...>', 'such as `state eq error`; several are joined with and']] as const)
        : []),
      ...(offered('sort') ? ([['--sort <fields>', 'with commas; - in front for descending']] as const) : []),
      ...(offered('fields') ? ([['--fields <fields>', 'only these, with commas']] as const) : []),
      ...(offered('limit') ? ([['--limit <count>', 'no more than so many']] as const) : []),
    ],
    examples: verb.examples ?? [],
    run: async ({ client, printer }, [key], options) => {
      const params = keyParams(verb.route, String(key));
      if (!isList) {
        const answer = await client.get<Record<string, unknown>>(verb.route, { params });
        if (verb.answers === 'document') return await printer.document(answer);
        return await printer.one(answer, typeof verb.answers === 'object' ? verb.answers : noun.look);
      }
      if (options.limit !== undefined && !/^[1-9]\d*$/.test(options.limit))
        throw usage(`--limit ${options.limit} is not a count.`);
      const items = await readList(client, verb.route, {
        params,
        query: queryOf(options),
        ...(options.limit ? { limit: Number(options.limit) } : {}),
      });
      const look = verb.items ?? noun.look;
      await printer.list(items, options.fields ? { ...look, columns: columnsOf(options.fields) } : look);
    },
  });
};

/** A list in pages, or one that comes whole. */
const readList = async (
  client: Parameters<typeof allItems>[0],
  route: RouteId,
  call: Parameters<typeof allItems>[2] & object,
): Promise<Record<string, unknown>[]> => {
  if (routeOf(route).query?.includes('cursor')) return await allItems(client, route, call);
  const { query = [] } = routeOf(route);
  const limit = query.includes('limit') && call.limit ? { limit: call.limit } : {};
  const answer = await client.get<Record<string, unknown>[] | { items: Record<string, unknown>[] }>(route, {
    params: call.params ?? {},
    query: limit,
  });
  const items = Array.isArray(answer) ? answer : answer.items;
  return call.limit ? items.slice(0, call.limit) : items;
};
