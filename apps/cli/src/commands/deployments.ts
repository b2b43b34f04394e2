import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { NODE_ROLE_LOOK, SNAPSHOT_LOOK } from '../resource/looks.js';
import { commitSummary, type Committed } from '../manifest/committed.js';
import { declareNoun } from '../resource/noun.js';
import { declarePreview } from './deployments-preview.js';

/** The answer of a commit in a line. */
const committedText = (answer: Readonly<Record<string, unknown>>, key: string): string =>
  commitSummary(key, answer as unknown as Committed);

export const declare: Declare = (program, terminal) => {
  const deployments = declareNoun(program, terminal, {
    name: 'deployments',
    aliases: ['deployment'],
    summary: 'Noderoles that are proposed and committed together',
    one: 'deployment',
    key: 'deployment',
    tag: 'deployments',
    look: {
      columns: [
        { field: 'name' },
        { field: 'parent' },
        { field: 'state' },
        { field: 'nodes' },
        { field: 'node_roles.active', head: 'ACTIVE' },
        { field: 'node_roles.todo', head: 'TODO' },
        { field: 'node_roles.transition', head: 'TRANSITION' },
        { field: 'node_roles.blocked', head: 'BLOCKED' },
        { field: 'node_roles.proposed', head: 'PROPOSED' },
        { field: 'node_roles.error', head: 'ERROR' },
        { field: 'snapshot', wide: true },
        { field: 'priority', wide: true },
        { field: 'id', wide: true },
        { field: 'created_at', head: 'AGE' },
      ],
      nameOf: byFields('name', 'id'),
    },
    verbs: [
      {
        name: 'commit',
        route: 'deployments.commit',
        summary: 'make what is proposed the wish of the system',
        says: '`anneal deployments preview` says what it would do.',
        fields: {
          note: { flags: '--note <text>', says: 'kept with the snapshot' },
          held: { flags: '--hold <node...>', says: 'a node whose noderoles are committed and kept back', as: 'list' },
        },
        rollout: true,
        told: committedText,
        waits: (key) => `deployments/${key}`,
      },
      {
        name: 'propose',
        route: 'deployments.propose',
        summary: 'take a deployment back to editing; what runs stays as it is',
      },
      {
        name: 'recall',
        route: 'deployments.recall',
        summary: 'take what was proposed back to what is committed',
        asks: 'Give up what is proposed in %s?',
      },
      {
        name: 'node-roles',
        route: 'deployments.nodeRoles',
        summary: 'list the noderoles of a deployment',
        answers: 'list',
        items: NODE_ROLE_LOOK,
      },
      {
        name: 'snapshots',
        route: 'deployments.snapshots',
        summary: 'list the records of its commits',
        answers: 'list',
        items: SNAPSHOT_LOOK,
      },
      {
        name: 'graph',
        route: 'deployments.graph',
        summary: 'its noderoles and the edges between them, for a program',
        answers: 'document',
      },
    ],
    examples: { create: ['anneal deployments create web parent=system'] },
  });
  declarePreview(deployments, terminal);
};
