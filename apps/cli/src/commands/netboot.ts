import { leaf, type Declare } from '../command/leaf.js';
import { harmless } from '../output/cell.js';
import { byFields, type Look } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

interface SeenPackets {
  readonly packets: readonly {
    readonly at: string;
    readonly server: string;
    readonly service: string;
    readonly mac: string | null;
    readonly from: string;
    readonly asked: string;
    readonly answered: string | null;
    readonly why: readonly string[];
  }[];
  readonly silent: readonly string[];
}

const SERVERS: Look = {
  columns: [
    { field: 'host' },
    { field: 'state' },
    { field: 'generation' },
    { field: 'lag' },
    { field: 'seen_at' },
    { field: 'id' },
    { field: 'addresses', wide: true },
  ],
  nameOf: byFields('id'),
};

export const declare: Declare = (program, terminal) => {
  const netboot = declareNoun(program, terminal, {
    name: 'netboot',
    summary: 'The servers that answer DHCP, DNS and boots, and how far each follows',
    one: 'netboot server',
    key: 'server',
    tag: 'netboot',
    look: SERVERS,
    without: ['list'],
  });
  leaf(netboot, terminal, {
    usage: 'list',
    aliases: ['ls'],
    summary: 'list the netboot servers',
    run: async ({ client, printer }) =>
      await printer.list((await client.get<{ items: Record<string, unknown>[] }>('netboot.list')).items, SERVERS),
  });
  leaf(netboot, terminal, {
    usage: 'packets [node]',
    summary: 'the last packets of a node, or of machines that nobody knows, and what was answered and why',
    examples: ['anneal netboot packets d1.example.com', 'anneal netboot packets'],
    run: async ({ client, printer }, [node]) => {
      const seen =
        node === undefined
          ? await client.get<SeenPackets>('netboot.unknown')
          : await client.get<SeenPackets>('netboot.packets', { params: { key: String(node) } });
      if (printer.format === 'json' || printer.format === 'yaml') return await printer.document(seen);
      for (const { at, service, mac, from, asked, answered, why } of seen.packets)
        printer.say(
          [
            `${at}  ${service}  ${mac ?? from}  ${harmless(asked)} → ${answered === null ? 'no answer' : harmless(answered)}`,
            ...why.map((reason) => `  - ${harmless(reason)}`),
          ].join('\n'),
        );
      for (const host of seen.silent) printer.say(`netboot on ${harmless(host)} does not answer.`);
      if (seen.packets.length === 0 && seen.silent.length === 0) printer.say('Nothing came.');
    },
  });
};
