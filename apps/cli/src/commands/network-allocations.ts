import { confirm } from '../command/confirm.js';
import { leaf, type Declare } from '../command/leaf.js';
import { EXIT } from '../exit.js';
import { forEachKey } from '../resource/for-each-key.js';
import { ALLOCATION_LOOK } from '../resource/looks.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  const allocations = declareNoun(program, terminal, {
    name: 'network-allocations',
    aliases: ['network-allocation'],
    summary: 'Addresses that nodes have',
    one: 'network allocation',
    key: 'address',
    tag: 'network_allocations',
    look: ALLOCATION_LOOK,
    without: ['delete'],
    examples: { list: ["anneal network-allocations list --filter 'network eq storage' --sort node"] },
  });
  leaf<{ yes?: boolean }>(allocations, terminal, {
    usage: 'release <address...>',
    aliases: ['delete', 'rm'],
    summary: 'take an address from the node that has it',
    says: 'The node stays on the network and is configured without it.',
    options: [['-y, --yes', 'do not ask']],
    run: async (invocation, [given], options) => {
      const keys = given as readonly string[];
      if (!(await confirm(invocation, `Release ${keys.join(', ')}?`, options))) return EXIT.failed;
      const { client, printer } = invocation;
      return await forEachKey(invocation, keys, async (key) => {
        const { body } = await client.send<{ released: string }>('network_allocations.delete', { params: { key } });
        if (printer.format === 'json' || printer.format === 'yaml') await printer.document(body);
        else printer.lines([body.released]);
      });
    },
  });
};
