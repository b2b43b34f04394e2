import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'workers',
    aliases: ['worker'],
    summary: 'The processes that carry runs out, and how their loops do',
    one: 'worker',
    key: 'worker',
    tag: 'workers',
    look: {
      columns: [
        { field: 'name' },
        { field: 'state' },
        { field: 'leads' },
        { field: 'runs' },
        { field: 'queue.backend', head: 'QUEUE' },
        { field: 'queue.waiting', head: 'WAITING' },
        { field: 'heartbeat_at' },
        { field: 'started_at', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name'),
    },
  });
};
