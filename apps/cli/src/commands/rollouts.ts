import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

const REASON = { reason: { flags: '--reason <text>', says: 'kept with the rollout, for those who wonder' } };

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'rollouts',
    aliases: ['rollout'],
    summary: 'Commits that go over the nodes in waves',
    one: 'rollout',
    key: 'id',
    tag: 'rollouts',
    look: {
      columns: [
        { field: 'id' },
        { field: 'deployment' },
        { field: 'state' },
        { field: 'wave' },
        { field: 'waves' },
        { field: 'wave_size', head: 'SIZE', wide: true },
        { field: 'reason' },
        { field: 'created_at', head: 'AGE' },
      ],
      nameOf: byFields('id'),
    },
    verbs: [
      { name: 'pause', route: 'rollouts.pause', summary: 'let no further wave go until it is resumed', fields: REASON },
      {
        name: 'resume',
        route: 'rollouts.resume',
        summary: 'go on with one that was paused or stopped itself',
        fields: REASON,
        waits: (key) => `rollouts/${key}`,
      },
      { name: 'stop', route: 'rollouts.stop', summary: 'end it; what was not let go stays held', fields: REASON },
      {
        name: 'finish',
        route: 'rollouts.finish',
        summary: 'let everything go at once that it still keeps back',
        fields: REASON,
      },
    ],
  });
};
