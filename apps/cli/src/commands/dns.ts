import { leaf, type Declare } from '../command/leaf.js';
import { byFields, type Look } from '../output/printer.js';
import { declareList } from '../resource/list.js';
import { declareNoun } from '../resource/noun.js';

const SERVED: Look = {
  columns: [
    { field: 'name' },
    { field: 'ttl' },
    { field: 'type' },
    { field: 'value' },
    { field: 'node' },
    { field: 'filter' },
    { field: 'zone', wide: true },
    { field: 'network', wide: true },
    { field: 'source', wide: true },
    { field: 'clients', wide: true },
  ],
  nameOf: byFields('name'),
};

const WRITTEN: Look = {
  columns: [{ field: 'name' }, { field: 'ttl' }, { field: 'type' }, { field: 'value' }, { field: 'id' }],
  nameOf: byFields('id'),
};

export const declare: Declare = (program, terminal) => {
  const dns = program
    .command('dns')
    .summary('names of machines, zones, and servers that are told of them')
    .description('Names of machines, zones, and servers that are told of them.')
    .helpCommand(false);

  const records = dns
    .command('records')
    .alias('record')
    .summary('what is served now')
    .description('What is served now: worked out from machines, networks, name filters and zones.')
    .helpCommand(false);
  declareList(
    records,
    terminal,
    {
      name: 'records',
      summary: 'What is served now',
      one: 'record',
      key: 'record',
      tag: 'dns',
      look: SERVED,
      examples: { list: [`anneal dns records list --filter 'node eq "d1.example.com"'`] },
    },
    'dns.records',
  );

  leaf(dns, terminal, {
    usage: 'problems',
    summary: 'which names cannot be served, and why',
    run: async ({ client, printer }) => await printer.document(await client.get('dns.problems')),
  });

  declareNoun(dns, terminal, {
    name: 'filters',
    aliases: ['filter'],
    summary: 'Which addresses get which names',
    one: 'name filter',
    key: 'filter',
    tag: 'dns_filters',
    look: {
      columns: [
        { field: 'priority' },
        { field: 'name' },
        { field: 'matcher' },
        { field: 'template' },
        { field: 'clients', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    examples: {
      create: [
        `anneal dns filters create storage 'matcher=net.name == "storage", node.role has "ceph"' 'template={{node.name}}.{{network.name}}'`,
      ],
    },
  });

  const zones = declareNoun(dns, terminal, {
    name: 'zones',
    aliases: ['zone'],
    summary: 'Domains that are declared',
    one: 'DNS zone',
    key: 'zone',
    tag: 'dns_zones',
    createBy: 'domain',
    look: {
      columns: [
        { field: 'domain' },
        { field: 'ttl' },
        { field: 'records' },
        { field: 'forwarders' },
        { field: 'clients', wide: true },
        { field: 'forward_for', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('domain', 'id'),
    },
    verbs: [
      {
        name: 'records',
        route: 'dns_zones.records',
        summary: 'list the records that were written in a zone',
        answers: 'list',
        items: WRITTEN,
      },
    ],
    examples: {
      create: ['anneal dns zones create example.com ttl=600', `anneal dns zones create . 'forwarders=["9.9.9.9"]'`],
    },
  });
  leaf<{ ttl?: string }>(zones, terminal, {
    usage: 'add-record <zone> <name> <type> <value...>',
    summary: 'write a record into a zone',
    options: [['--ttl <seconds>', 'instead of that of the zone']],
    examples: [
      'anneal dns zones add-record example.com www CNAME web',
      'anneal dns zones add-record example.com @ MX 10 mail',
    ],
    run: async ({ client, printer }, [zone, name, type, value], { ttl }) => {
      const body = {
        name,
        type: String(type).toUpperCase(),
        value: (value as readonly string[]).join(' '),
        ...(ttl === undefined ? {} : { ttl: Number(ttl) }),
      };
      const { body: made } = await client.send<Record<string, unknown>>('dns_zones.add', {
        params: { key: String(zone) },
        body,
      });
      await printer.row(made, WRITTEN);
    },
  });
  leaf(zones, terminal, {
    usage: 'remove-record <zone> <record>',
    summary: 'take a written record out of a zone, by its id',
    run: async ({ client, progress }, [zone, record]) => {
      await client.send('dns_zones.remove', { params: { key: String(zone), record: String(record) } });
      progress.line(`record ${String(record)} deleted`);
    },
  });

  declareNoun(dns, terminal, {
    name: 'servers',
    aliases: ['server'],
    summary: 'Servers elsewhere that are kept the same',
    one: 'DNS server',
    key: 'server',
    tag: 'dns_servers',
    look: {
      columns: [
        { field: 'name' },
        { field: 'address' },
        { field: 'port', wide: true },
        { field: 'zones' },
        { field: 'active' },
        { field: 'records' },
        { field: 'settled_at', head: 'SETTLED' },
        { field: 'failures' },
        { field: 'last_error', head: 'LAST ERROR' },
        { field: 'key_name', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    examples: {
      create: [
        `anneal dns servers create site address=192.0.2.53 'zones=["example.com"]' key_name=anneal key_secret="$(cat secret)"`,
      ],
    },
  });
};
