import { leaf, type Declare } from '../command/leaf.js';
import { usage } from '../exit.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  const rules = declareNoun(program, terminal, {
    name: 'enrolment-rules',
    aliases: ['enrolment-rule'],
    summary: 'How machines become nodes',
    one: 'enrolment rule',
    key: 'rule',
    tag: 'enrolment_rules',
    look: {
      columns: [
        { field: 'priority' },
        { field: 'name' },
        { field: 'enabled' },
        { field: 'match' },
        { field: 'effects' },
        { field: 'final', wide: true },
        { field: 'description', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    examples: {
      create: [
        `anneal enrolment-rules create racks 'match={"product": "PowerEdge*"}' 'effects={"name": "node-{{serial}}", "groups": ["class/dell"]}'`,
        `anneal enrolment-rules create ask priority=1000 'effects={"decision": "wait"}'`,
      ],
    },
  });
  leaf<{ node: string; mac?: string; address?: string }>(rules, terminal, {
    usage: 'preview',
    summary: 'what would become of a machine like a node that is there, were it new',
    needed: [['--node <node>', 'whose inventory is taken']],
    options: [
      ['--mac <address>', 'the card that it boots from; the first of the node when absent'],
      ['--address <address>', 'where it speaks from; that of the node when absent'],
    ],
    examples: ['anneal enrolment-rules preview --node d52-54-00-12-34-56.example.test'],
    run: async ({ client, printer }, _args, options) => {
      const node = await client.get<{ inventory: object; macs: string[]; address: string | null }>('nodes.show', {
        params: { key: options.node },
      });
      if (Object.keys(node.inventory).length === 0)
        throw usage(`${options.node} has no inventory.`, 'Name a node that has been discovered.');
      const mac = options.mac ?? node.macs[0];
      const address = options.address ?? node.address;
      const { body } = await client.send<Record<string, unknown>>('enrolment_rules.preview', {
        body: { inventory: node.inventory, ...(mac ? { mac } : {}), ...(address ? { address } : {}) },
      });
      await printer.document(body);
    },
  });
};
