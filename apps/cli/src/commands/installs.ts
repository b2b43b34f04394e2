import type { Declare } from '../command/leaf.js';
import { byFields, type Look } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

const INSTALL_LOOK: Look = {
  columns: [
    { field: 'id' },
    { field: 'node' },
    { field: 'image' },
    { field: 'phase' },
    { field: 'phase_since', head: 'SINCE' },
    { field: 'percent' },
    { field: 'step', wide: true },
    { field: 'says' },
    { field: 'deadline_at', head: 'DEADLINE', wide: true },
    { field: 'layout', wide: true },
    { field: 'via', wide: true },
    { field: 'reason' },
  ],
  nameOf: byFields('id'),
};

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'installs',
    aliases: ['install'],
    summary: 'Operating systems that are put on machines, and how far they are',
    one: 'install',
    key: 'install',
    tag: 'installs',
    look: INSTALL_LOOK,
    verbs: [
      {
        name: 'cancel',
        route: 'installs.cancel',
        summary: 'end it: its token is void, and its machine boots discovery from then on',
      },
      {
        name: 'retry',
        route: 'installs.retry',
        summary: 'install again; what had succeeded is done once more only when the name of the node is given',
        fields: { confirm: { flags: '--confirm <node>', says: 'the name of the node, whose disks are written anew' } },
      },
    ],
    examples: { list: ["anneal installs list --filter 'phase in (armed, rebooting, installing, installed)'"] },
  });
};
