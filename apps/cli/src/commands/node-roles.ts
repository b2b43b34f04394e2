import type { Declare } from '../command/leaf.js';
import { declareBinding } from './node-roles-bind.js';
import { NODE_ROLE_LOOK, RELATIVE_LOOK, RUN_LOOK } from '../resource/looks.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  const nodeRoles = declareNoun(program, terminal, {
    name: 'node-roles',
    aliases: ['node-role', 'noderoles', 'noderole'],
    summary: 'Roles bound to nodes: the vertices of the graph',
    one: 'noderole',
    key: 'role@node',
    tag: 'node_roles',
    look: NODE_ROLE_LOOK,
    without: ['create', 'delete'],
    verbs: [
      {
        name: 'retry',
        route: 'node_roles.retry',
        summary: 'run it again',
        confirms: { field: 'confirm', repeats: 'node' },
        waits: (key) => `node-roles/${key}`,
      },
      { name: 'propose', route: 'node_roles.propose', summary: 'take it back to editing' },
      {
        name: 'commit',
        route: 'node_roles.commit',
        summary: 'make it the wish of the system',
        waits: (key) => `node-roles/${key}`,
      },
      { name: 'cancel', route: 'node_roles.cancel', summary: 'end the run that is going on' },
      { name: 'on', route: 'node_roles.patch', summary: 'switch it on again', body: { available: true } },
      {
        name: 'off',
        route: 'node_roles.patch',
        summary: 'switch it off: it is not run until it is on',
        body: { available: false },
      },
      {
        name: 'hold',
        route: 'node_roles.patch',
        summary: 'keep it back until somebody lets it go',
        body: { held: true },
      },
      {
        name: 'release',
        route: 'node_roles.patch',
        summary: 'let it go, whatever keeps it back',
        body: { held: false },
      },
      {
        name: 'runs',
        route: 'node_roles.runs',
        summary: 'list the attempts to carry it out',
        answers: 'list',
        items: RUN_LOOK,
      },
      {
        name: 'parents',
        route: 'node_roles.parents',
        summary: 'list what it needs, and why',
        answers: 'list',
        items: RELATIVE_LOOK,
      },
      {
        name: 'children',
        route: 'node_roles.children',
        summary: 'list what needs it',
        answers: 'list',
        items: RELATIVE_LOOK,
      },
    ],
    examples: {
      list: [
        "anneal node-roles list --filter 'state eq error'",
        'anneal node-roles list --filter \'deployment eq "web"\' -o wide',
      ],
    },
  });
  declareBinding(nodeRoles, terminal);
};
