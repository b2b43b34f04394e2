import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'operations',
    aliases: ['operation'],
    summary: 'Long work that somebody asked for',
    one: 'operation',
    key: 'id',
    tag: 'operations',
    look: {
      columns: [
        { field: 'id' },
        { field: 'kind' },
        { field: 'subject' },
        { field: 'state' },
        { field: 'actor' },
        { field: 'started_at', head: 'STARTED' },
        { field: 'finished_at', head: 'FINISHED' },
      ],
      nameOf: byFields('id'),
    },
    examples: { list: ['anneal operations list --limit 10'] },
  });
};
