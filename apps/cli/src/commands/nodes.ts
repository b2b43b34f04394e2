import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { ALLOCATION_LOOK, NODE_ROLE_LOOK, TIMELINE_LOOK } from '../resource/looks.js';
import { declareNoun } from '../resource/noun.js';
import { declareBmc } from './nodes-bmc.js';
import { declareMove } from './nodes-move.js';
import { declarePower } from './nodes-power.js';

export const declare: Declare = (program, terminal) => {
  const nodes = declareNoun(program, terminal, {
    name: 'nodes',
    aliases: ['node'],
    summary: 'Machines under management',
    one: 'node',
    key: 'node',
    tag: 'nodes',
    look: {
      columns: [
        { field: 'name' },
        { field: 'state' },
        { field: 'alive' },
        { field: 'available' },
        { field: 'deployment' },
        { field: 'address', wide: true },
        { field: 'bootenv', wide: true },
        { field: 'target_role', head: 'TARGET', wide: true },
        { field: 'groups', wide: true },
        { field: 'macs', wide: true },
        { field: 'id', wide: true },
        { field: 'created_at', head: 'AGE' },
      ],
      nameOf: byFields('name', 'id'),
    },
    verbs: [
      {
        name: 'commit',
        route: 'nodes.commit',
        summary: 'make what is proposed on a node the wish of the system',
        waits: (key) => `nodes/${key}`,
      },
      { name: 'propose', route: 'nodes.propose', summary: 'take what is committed on a node back to editing' },
      {
        name: 'redeploy',
        route: 'nodes.redeploy',
        summary: 'deploy a node afresh: all that ran on it runs again, what destroys included',
        asks: 'Deploy %s afresh, losing what is on it?',
        confirms: { field: 'confirm', repeats: 'name' },
        waits: (key) => `nodes/${key}`,
      },
      { name: 'available', route: 'nodes.patch', summary: 'let Anneal work on a node', body: { available: true } },
      {
        name: 'unavailable',
        route: 'nodes.patch',
        summary: 'keep Anneal from beginning anything on a node; what is done stays',
        body: { available: false },
      },
      {
        name: 'node-roles',
        route: 'nodes.nodeRoles',
        summary: 'list what is bound to a node',
        answers: 'list',
        items: NODE_ROLE_LOOK,
      },
      {
        name: 'addresses',
        route: 'nodes.addresses',
        summary: 'list the addresses of a node',
        answers: 'list',
        items: ALLOCATION_LOOK,
      },
      {
        name: 'timeline',
        route: 'nodes.timeline',
        summary: 'what happened to a node, the newest first',
        answers: 'list',
        items: TIMELINE_LOOK,
      },
    ],
    examples: {
      list: ["anneal nodes list --filter 'state eq error'", 'anneal nodes list -o name | xargs anneal nodes commit'],
      create: ['anneal nodes create node-7.example.test address=10.0.0.7'],
    },
  });
  declareMove(nodes, terminal);
  declarePower(nodes, terminal);
  declareBmc(nodes, terminal);
};
