import type { Declare } from '../command/leaf.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'network-routers',
    aliases: ['network-router'],
    summary: 'Routers of networks, one for each subnet',
    one: 'network router',
    key: 'network/address',
    tag: 'network_routers',
    createBy: 'address',
    look: {
      columns: [{ field: 'network' }, { field: 'address' }, { field: 'pref' }, { field: 'id', wide: true }],
      nameOf: ({ network, address }) => `${String(network)}/${String(address).split('/')[0]}`,
    },
    examples: {
      create: ['anneal network-routers create 192.168.124.10/24 network=admin pref=10'],
      update: ['anneal network-routers update admin pref=20'],
    },
  });
};
