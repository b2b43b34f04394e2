import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';
import { declarePassword } from './users-password.js';

export const declare: Declare = (program, terminal) => {
  const users = declareNoun(program, terminal, {
    name: 'users',
    aliases: ['user'],
    summary: 'People',
    one: 'user',
    key: 'user',
    tag: 'users',
    look: {
      columns: [
        { field: 'name' },
        { field: 'role' },
        { field: 'locked' },
        { field: 'can_log_in' },
        { field: 'display' },
        { field: 'created_at', head: 'AGE' },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    verbs: [
      { name: 'lock', route: 'users.patch', summary: 'keep a user out', body: { locked: true } },
      { name: 'unlock', route: 'users.patch', summary: 'let a user in again', body: { locked: false } },
    ],
    examples: { create: ['anneal users create ada role=operator display="Ada L."'] },
  });
  declarePassword(users, terminal);
};
