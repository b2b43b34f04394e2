import type { Declare } from '../command/leaf.js';
import { RUN_LOOK } from '../resource/looks.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'runs',
    aliases: ['run'],
    summary: 'Attempts to carry a noderole out',
    one: 'run',
    key: 'run',
    tag: 'runs',
    look: RUN_LOOK,
    examples: { list: ["anneal runs list --filter 'state eq failed' --limit 20"] },
  });
};
