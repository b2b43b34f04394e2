import { leaf, type Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { forEachKey } from '../resource/for-each-key.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  const groups = declareNoun(program, terminal, {
    name: 'groups',
    aliases: ['group'],
    summary: 'Nodes under one name',
    one: 'group',
    key: 'group',
    tag: 'groups',
    look: {
      columns: [
        { field: 'name' },
        { field: 'category' },
        { field: 'node_count', head: 'NODES' },
        { field: 'description' },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    examples: { create: ['anneal groups create rack-3 category=rack'] },
  });
  for (const [name, route, done] of [
    ['add-node', 'groups.add', 'put into'],
    ['remove-node', 'groups.remove', 'taken out of'],
  ] as const) {
    leaf(groups, terminal, {
      usage: `${name} <group> <node...>`,
      summary: `${name === 'add-node' ? 'put nodes into' : 'take nodes out of'} a group`,
      run: async (invocation, [group, nodes]) =>
        await forEachKey(invocation, nodes as readonly string[], async (node) => {
          await invocation.client.send(route, { params: { key: String(group), node } });
          invocation.progress.line(`node ${node} ${done} ${String(group)}`);
        }),
    });
  }
};
