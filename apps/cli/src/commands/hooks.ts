import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'hooks',
    aliases: ['hook'],
    summary: 'Who is told of events',
    one: 'hook',
    key: 'hook',
    tag: 'hooks',
    look: {
      columns: [
        { field: 'name' },
        { field: 'active' },
        { field: 'role' },
        { field: 'position' },
        { field: 'failures' },
        { field: 'dead_letters', head: 'LOST' },
        { field: 'last_error', head: 'LAST ERROR' },
        { field: 'sink', wide: true },
        { field: 'selector', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    verbs: [
      {
        name: 'enable',
        route: 'hooks.patch',
        summary: 'tell it of events again, from where it was',
        body: { active: true },
      },
      {
        name: 'disable',
        route: 'hooks.patch',
        summary: 'tell it of nothing until it is enabled',
        body: { active: false },
      },
    ],
    examples: {
      create: [
        `anneal hooks create pager 'sink={"kind":"webhook","url":"https://example.test/anneal"}' selector.kind=node_role.error`,
      ],
    },
  });
};
