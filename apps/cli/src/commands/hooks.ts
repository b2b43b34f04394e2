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
      {
        name: 'dead-letters',
        route: 'hooks.deadLetters',
        summary: 'list the events that it could not be told of',
        answers: 'list',
        items: {
          columns: [
            { field: 'event' },
            { field: 'kind' },
            { field: 'at' },
            { field: 'wanted' },
            { field: 'error' },
            { field: 'buried_at', head: 'GIVEN UP', wide: true },
          ],
          nameOf: byFields('event'),
        },
      },
      {
        name: 'retry',
        route: 'hooks.retry',
        summary: 'tell it once more of what it could not be told of',
        says: 'All of it, or the events that are named; `anneal hooks dead-letters` lists them.',
        fields: {
          events: { flags: '--events <numbers...>', says: 'only these', as: 'counts' },
        },
        told: ({ wanted }, key) => `${key} is about to be told of ${Number(wanted)} more`,
      },
    ],
    examples: {
      create: [
        `anneal hooks create pager 'sink={"kind":"webhook","url":"https://example.test/anneal"}' selector.kind=node_role.error`,
      ],
    },
  });
};
