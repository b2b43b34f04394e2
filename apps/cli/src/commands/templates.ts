import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'templates',
    aliases: ['template'],
    summary: 'What is rendered for machines that boot',
    one: 'template',
    key: 'template',
    tag: 'templates',
    look: {
      columns: [
        { field: 'name' },
        { field: 'secret' },
        { field: 'description' },
        { field: 'version', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    examples: { create: ['anneal templates create site.ipxe "source=$(cat site.ipxe)"'] },
  });
};
