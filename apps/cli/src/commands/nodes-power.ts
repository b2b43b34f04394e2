import { leaf, type Declare } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { byFields } from '../output/printer.js';

/** The server takes 75 s at the most. */
const SWITCH_MS_MAX = 90_000;

const LOOK = {
  columns: [{ field: 'node' }, { field: 'state' }, { field: 'method' }, { field: 'reason' }],
  nameOf: byFields('node'),
};
const DONE_LOOK = {
  columns: [{ field: 'node' }, { field: 'action' }, { field: 'outcome' }, { field: 'method' }, { field: 'says' }],
  nameOf: byFields('node'),
};

/** `anneal nodes power`: whether a node is on, or switches it and says what came of it. */
export const declarePower: Declare = (nodes, terminal) => {
  leaf<{ seconds?: string }>(nodes, terminal, {
    usage: 'power <node> [action]',
    summary: 'switch a node, or say whether it is on',
    says:
      'The action is one of on, off (cuts the power), cycle, reset, identify, boot-network and boot-disk (for the next boot ' +
      'alone); without one, or with status, the machine is asked for its state.',
    options: [['--seconds <seconds>', 'how long identify lights the lamp; 0 puts it out']],
    examples: [
      'anneal nodes power node-7',
      'anneal nodes power node-7 boot-network && anneal nodes power node-7 cycle',
    ],
    run: async ({ client, printer }, [node, action], { seconds }) => {
      const params = { key: String(node) };
      if (action === undefined || action === 'status') {
        const state = await client.get<Record<string, unknown>>('power.show', { params });
        return await (printer.isData ? printer.one(state, LOOK) : printer.row(state, LOOK));
      }
      const body = {
        action,
        ...(seconds === undefined ? {} : { seconds: parseCount(seconds, '--seconds', { min: 0, max: 255 }) }),
      };
      const done = await client.send<Record<string, unknown>>('power.switch', {
        params,
        body,
        withinMs: SWITCH_MS_MAX,
      });
      await printer.row(done.body, DONE_LOOK);
    },
  });
};
