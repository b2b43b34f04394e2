import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'roles',
    aliases: ['role'],
    summary: 'Kinds of work that can be put on a node',
    one: 'role',
    key: 'role',
    tag: 'roles',
    look: {
      columns: [
        { field: 'name' },
        { field: 'barclamp' },
        { field: 'jig' },
        { field: 'cohort' },
        { field: 'flags' },
        { field: 'provides', wide: true },
        { field: 'conflicts', wide: true },
        { field: 'description' },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    examples: {
      list: ['anneal roles list --filter \'barclamp eq "workload"\''],
      update: ['anneal roles update lab-motd priority=5'],
    },
  });
};
