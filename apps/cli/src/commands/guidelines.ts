import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { isFolder } from '../archive/pack-folder.js';
import { allItems } from '../client/pages.js';
import type { Invocation } from '../command/invocation.js';
import { leaf, type Declare } from '../command/leaf.js';
import { readBytes } from '../command/read-file.js';
import { EXIT, Stop, usage } from '../exit.js';
import { byFields, type Look } from '../output/printer.js';
import { forEachKey } from '../resource/for-each-key.js';
import { declareNoun } from '../resource/noun.js';

const LOOK: Look = {
  columns: [
    { field: 'name' },
    { field: 'kind' },
    { field: 'revision' },
    { field: 'latest', wide: true },
    { field: 'status' },
    { field: 'releases' },
    { field: 'imported_at', head: 'IMPORTED' },
    { field: 'source', wide: true },
    { field: 'digest', wide: true },
    { field: 'id', wide: true },
  ],
  nameOf: byFields('name', 'id'),
};

const VOTE_LOOK: Look = {
  columns: [
    { field: 'test' },
    { field: 'user' },
    { field: 'vote' },
    { field: 'reason' },
    { field: 'updated_at', head: 'AGE' },
  ],
  nameOf: byFields('test'),
};

const KINDS = ['powered', 'add-on', 'vertical', 'local'];
/** Longest answer that is taken from an address, in bytes; the server takes no more. */
const BYTES_MAX = 4 * 1024 * 1024;
const FETCH_MS_MAX = 60_000;

/** `anneal guidelines`: what clouds are measured by, and what people think of the tests in it. */
export const declare: Declare = (program, terminal) => {
  const guidelines = declareNoun(program, terminal, {
    name: 'guidelines',
    aliases: ['guideline'],
    summary: 'Guidelines of interoperability, by which clouds are measured',
    one: 'guideline',
    key: 'guideline',
    tag: 'guidelines',
    look: LOOK,
    without: ['create'],
    verbs: [
      {
        name: 'capabilities',
        route: 'guidelines.capabilities',
        summary: 'show what it asks for, capability by capability',
        answers: 'document',
      },
    ],
  });
  leaf<{ kind?: string }>(guidelines, terminal, {
    usage: 'import <source...>',
    summary: 'import guidelines: files, folders of them, addresses of the web; - reads stdin',
    says: 'The same file again changes nothing; another file of the same name becomes its next revision. Of a folder, the files that end in .json are tried, and those that are no guidelines are told.',
    options: [['--kind <kind>', `what it is: ${KINDS.join(', ')}; by its shape when absent`]],
    examples: ['anneal guidelines import 2020.06.json', 'anneal guidelines import ./interop/guidelines'],
    run: async (invocation, [sources], { kind }) => {
      if (kind !== undefined && !KINDS.includes(kind))
        throw usage(`--kind ${kind} is no kind.`, `There are ${KINDS.join(', ')}.`);
      const all = (await Promise.all((sources as readonly string[]).map(filesOf))).flat();
      return await forEachKey(invocation, all, (source) => importOne(invocation, source, kind));
    },
  });
  leaf(guidelines, terminal, {
    usage: 'document <guideline>',
    summary: 'print the file as it came',
    run: async ({ client, printer }, [key]) => {
      printer.say((await client.get<string>('guidelines.document', { params: { key: String(key) } })).trimEnd());
    },
  });
  leaf(guidelines, terminal, {
    usage: 'votes <guideline>',
    summary: 'list what people think of its tests',
    run: async ({ client, printer }, [key]) =>
      await printer.list(
        await allItems<Record<string, unknown>>(client, 'guidelines.votes', { params: { key: String(key) } }),
        VOTE_LOOK,
      ),
  });
  leaf<{ against?: boolean; reason: string }>(guidelines, terminal, {
    usage: 'vote <guideline> <test>',
    summary: 'vote for a test, or against it, with a reason; a second vote takes the place of the first',
    options: [['--against', 'vote against it']],
    needed: [['--reason <text>', 'why']],
    run: async ({ client, printer }, [key, test], { against, reason }) => {
      const body = { test: String(test), vote: against ? -1 : 1, reason };
      const { body: vote } = await client.send<Record<string, unknown>>('guidelines.vote', {
        params: { key: String(key) },
        body,
      });
      await printer.row(vote, VOTE_LOOK);
    },
  });
  leaf(guidelines, terminal, {
    usage: 'withdraw-vote <guideline> <test>',
    summary: 'take one’s own vote back',
    run: async ({ client, progress }, [key, test]) => {
      await client.send('guidelines.withdraw_vote', { params: { key: String(key) }, query: { test: String(test) } });
      progress.line(`the vote on ${String(test)} is taken back`);
    },
  });
};

/** A folder stands for its JSON files, in order of name. */
const filesOf = async (source: string): Promise<string[]> => {
  if (source === '-' || isAddress(source) || !(await isFolder(source))) return [source];
  const names: string[] = [];
  for await (const entry of await opendir(source))
    if (entry.isFile() && entry.name.endsWith('.json')) names.push(entry.name);
  if (names.length === 0) throw usage(`${source} holds no .json files.`);
  return names.sort().map((name) => join(source, name));
};

const isAddress = (source: string): boolean => /^https?:\/\//.test(source);

interface Imported {
  readonly guideline: Readonly<Record<string, unknown>> & {
    readonly warnings: readonly { at: string; says: string }[];
  };
  readonly outcome: 'created' | 'unchanged' | 'revised';
  readonly previous: Readonly<Record<string, unknown>> | null;
}

const importOne = async (invocation: Invocation, source: string, kind: string | undefined): Promise<void> => {
  const { client, printer, progress } = invocation;
  const bytes = isAddress(source) ? await fetched(source) : await readBytes(source, invocation.terminal);
  const { body } = await client.send<Imported>('guidelines.create', {
    query: { kind, source: source === '-' ? undefined : source },
    body: new Uint8Array(bytes),
    contentType: 'application/octet-stream',
  });
  const { name, revision, warnings } = body.guideline;
  const told = {
    created: `imported ${String(name)}`,
    unchanged: body.guideline['latest']
      ? `${String(name)} was imported before and has not changed`
      : `${String(name)} was imported before, as revision ${String(revision)}; a newer one is there`,
    revised: `imported ${String(name)} as revision ${String(revision)}: it differs from revision ${String(body.previous?.['revision'])}, which stays`,
  };
  progress.line(told[body.outcome]);
  for (const { at, says } of warnings) progress.warn(`${String(name)}${at}: ${says}`);
  if (printer.isData) await printer.one(printer.format === 'name' ? body.guideline : { ...body }, LOOK);
};

const fetched = async (address: string): Promise<Uint8Array> => {
  try {
    const reply = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS_MAX) });
    if (!reply.ok) throw new Stop(EXIT.failed, `${address} answers ${reply.status}.`);
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of reply.body ?? []) {
      bytes += (piece as Uint8Array).length;
      if (bytes > BYTES_MAX)
        throw new Stop(EXIT.failed, `${address} holds more than ${BYTES_MAX} bytes: no guideline does.`);
      pieces.push(piece as Uint8Array);
    }
    return Buffer.concat(pieces);
  } catch (cause) {
    if (cause instanceof Stop) throw cause;
    throw new Stop(EXIT.failed, `${address} cannot be fetched.`, 'Fetch it by hand, and import the file.', { cause });
  }
};
