import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { ALLOCATION_LOOK, NODE_ROLE_LOOK, REPORT_LOOK, TIMELINE_LOOK } from '../resource/looks.js';
import { declareNoun } from '../resource/noun.js';
import { declareBmc } from './nodes-bmc.js';
import { declareAdopt } from './nodes-adopt.js';
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
        { field: 'lifecycle' },
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
      {
        name: 'debug',
        route: 'nodes.debug',
        summary: 'take a node aside to look at it: it is to boot the discovery system, and nothing is done on it',
        body: { on: true },
      },
      {
        name: 'put-back',
        route: 'nodes.debug',
        summary: 'put a node back that was taken aside',
        body: { on: false },
      },
      {
        name: 'scrub',
        route: 'nodes.scrub',
        summary: 'forget what was found out about a node, so that it is discovered afresh',
        says: 'Also the way back for a node that was decommissioned.',
        asks: 'Forget inventory, hints and quirks of %s?',
      },
      {
        name: 'decommission',
        route: 'nodes.decommission',
        summary: 'take a node out of service, its disks erased',
        asks: 'Take %s out of service for good, its disks included?',
        confirms: { field: 'confirm', repeats: 'name' },
        fields: { erase: { flags: '--keep-disks', says: 'leave its disks as they are', as: 'no' } },
      },
      {
        name: 'reports',
        route: 'nodes.reports',
        summary: 'what a node reported of its parts, what is open first',
        answers: 'list',
        items: REPORT_LOOK,
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
  declareAdopt(nodes, terminal);
  declarePower(nodes, terminal);
  declareBmc(nodes, terminal);
};
