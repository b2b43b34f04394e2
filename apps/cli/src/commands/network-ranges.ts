import type { Declare } from '../command/leaf.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'network-ranges',
    aliases: ['network-range'],
    summary: 'Ranges of networks, from which addresses are given',
    one: 'network range',
    key: 'network/range',
    tag: 'network_ranges',
    look: {
      columns: [
        { field: 'network' },
        { field: 'name' },
        { field: 'first' },
        { field: 'last' },
        { field: 'allocated' },
        { field: 'overlap', wide: true },
        { field: 'conduit', wide: true },
        { field: 'vlan', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: ({ network, name }) => `${String(network)}/${String(name)}`,
    },
    examples: {
      list: ["anneal network-ranges list --filter 'network eq admin'"],
      create: ['anneal network-ranges create host network=storage first=10.1.0.1/16 last=10.1.255.254/16'],
      update: ['anneal network-ranges update admin/dhcp last=192.168.124.70/24'],
    },
  });
};
