import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'jigs',
    aliases: ['jig'],
    summary: 'What carries runs out',
    one: 'jig',
    key: 'jig',
    tag: 'jigs',
    look: {
      columns: [
        { field: 'name' },
        { field: 'active' },
        { field: 'client_role', head: 'CLIENT ROLE' },
        { field: 'description' },
      ],
      nameOf: byFields('name'),
    },
    verbs: [
      { name: 'enable', route: 'jigs.patch', summary: 'switch a jig on', body: { active: true } },
      {
        name: 'disable',
        route: 'jigs.patch',
        summary: 'switch a jig off: its roles cannot be bound',
        body: { active: false },
      },
    ],
  });
};
