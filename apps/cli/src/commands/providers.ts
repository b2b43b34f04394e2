import { confirm } from '../command/confirm.js';
import { leaf, type Declare } from '../command/leaf.js';
import { EXIT } from '../exit.js';
import { byFields, type Look } from '../output/printer.js';
import { BODY_OPTIONS, fieldsText, readBody, type BodyOptions } from '../resource/body.js';
import { declareNoun } from '../resource/noun.js';

const NODES_LOOK: Look = {
  columns: [
    { field: 'name' },
    { field: 'state' },
    { field: 'step' },
    { field: 'address' },
    { field: 'asked_at', head: 'ASKED' },
    { field: 'says' },
    { field: 'account', wide: true },
    { field: 'server', wide: true },
    { field: 'until', wide: true },
    { field: 'asked_by', wide: true },
    { field: 'id', wide: true },
  ],
  nameOf: byFields('name'),
};

const REPORT_LOOK: Look = {
  columns: [
    { field: 'says', head: 'STEP' },
    { field: 'answer' },
    { field: 'reason' },
    { field: 'yes' },
    { field: 'partial' },
    { field: 'no' },
    { field: 'seconds' },
    { field: 'at', wide: true },
    { field: 'node', wide: true },
  ],
  nameOf: byFields('step'),
};

export const declare: Declare = (program, terminal) => {
  const providers = declareNoun(program, terminal, {
    name: 'providers',
    aliases: ['provider'],
    summary: 'Clouds from which machines are got',
    one: 'provider',
    key: 'provider',
    tag: 'providers',
    look: {
      columns: [
        { field: 'name' },
        { field: 'kind' },
        { field: 'access' },
        { field: 'wish' },
        { field: 'nodes' },
        { field: 'nodes_max', head: 'MAX' },
        { field: 'active' },
        { field: 'description', wide: true },
        { field: 'offer_read_at', head: 'READ', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    verbs: [
      {
        name: 'nodes',
        route: 'providers.nodes',
        summary: 'the nodes that were asked of it, and how far they are',
        answers: 'list',
        items: NODES_LOOK,
        examples: ["anneal providers nodes acme --filter 'state in (asked, ready)'"],
      },
      {
        name: 'offer',
        route: 'providers.offer',
        summary: 'what it offered when it was last read',
        answers: 'document',
      },
    ],
    examples: {
      // The secret is in the file, not on the command line, where others see it.
      create: ['anneal providers create -f acme.yml'],
    },
  });

  leaf(providers, terminal, {
    usage: 'report <provider>',
    summary: 'what it answered to the eight steps, and why',
    examples: ['anneal providers report acme', 'anneal providers report acme -o json'],
    run: async ({ client, printer }, [key]) => {
      const report = await client.get<{ steps: Record<string, unknown>[] }>('providers.report', {
        params: { key: String(key) },
      });
      if (printer.isData) return await printer.document(report);
      return await printer.list(report.steps, REPORT_LOOK);
    },
  });

  leaf<BodyOptions>(providers, terminal, {
    usage: 'request <provider> [field=value...]',
    summary: 'ask it for a node',
    says: fieldsText('providers.request'),
    options: BODY_OPTIONS,
    examples: [
      'anneal providers request acme name=worker-1.example.test',
      `anneal providers request acme 'wish={"flavor": "m1.large", "network": "blue"}' deployment=web commit=true`,
    ],
    run: async ({ client, printer, progress }, [key, set], options) => {
      const given = { ...options, set: [...((set as readonly string[] | undefined) ?? []), ...(options.set ?? [])] };
      const body = await readBody('providers.request', given, terminal, {});
      const { body: node } = await client.send<Record<string, unknown>>('providers.request', {
        params: { key: String(key) },
        body,
      });
      progress.line(`the steps are being taken: anneal providers nodes ${String(key)}`);
      await printer.row(node, NODES_LOOK);
    },
  });

  leaf<{ yes?: boolean }>(providers, terminal, {
    usage: 'give-back <provider> <node>',
    summary: 'give a node back, with its server, its address and its key',
    options: [['-y, --yes', 'do not ask; what it destroys is meant']],
    examples: ['anneal providers give-back acme worker-1.example.test'],
    run: async (invocation, [key, node], options) => {
      const { client, printer } = invocation;
      const asks = `Give ${String(node)} back? What is on its disks is lost.`;
      if (!(await confirm(invocation, asks, options))) return EXIT.failed;
      const params = { key: String(key), node: String(node) };
      const { body } = await client.send<Record<string, unknown>>('providers.give_back', { params });
      await printer.row(body, NODES_LOOK);
      return EXIT.ok;
    },
  });
};
