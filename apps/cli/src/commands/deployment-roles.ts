import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'deployment-roles',
    aliases: ['deployment-role'],
    summary: 'Attributes of a role in a whole deployment',
    one: 'deployment role',
    key: 'role@deployment',
    tag: 'deployment_roles',
    look: {
      columns: [
        { field: 'role' },
        { field: 'deployment' },
        { field: 'node_roles', head: 'NODEROLES' },
        { field: 'updated_at', head: 'CHANGED' },
        { field: 'updated_by', head: 'BY' },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
  });
};
