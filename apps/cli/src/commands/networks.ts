import { leaf, type Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { ALLOCATION_LOOK } from '../resource/looks.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  const networks = declareNoun(program, terminal, {
    name: 'networks',
    aliases: ['network'],
    summary: 'Networks of the nodes: ranges, routers, and who has which address',
    one: 'network',
    key: 'network',
    tag: 'networks',
    look: {
      columns: [
        { field: 'name' },
        { field: 'category' },
        { field: 'conduit' },
        { field: 'vlan' },
        { field: 'dhcp' },
        { field: 'v6prefix' },
        { field: 'allocated' },
        { field: 'group', wide: true },
        { field: 'link', wide: true },
        { field: 'mtu', wide: true },
        { field: 'role', wide: true },
        { field: 'deployment', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    verbs: [
      {
        name: 'plan',
        route: 'networks.plan',
        summary: 'how its addresses are divided, how many are left, and what does not fit together',
        answers: 'document',
      },
    ],
    examples: {
      create: [
        'anneal networks create -f admin.yml',
        `anneal networks create storage conduit=10g0,10g1 use_team=true 'ranges=[{"name":"host","first":"10.1.0.1/16","last":"10.1.255.254/16"}]'`,
      ],
      update: ['anneal networks update storage mtu=9000'],
    },
  });
  leaf<{ address?: string; range?: string }>(networks, terminal, {
    usage: 'allocate <network> <node...>',
    summary: 'give nodes addresses of a network',
    says: 'A node that is not on the network is bound to it, proposed. What it has already, it keeps.',
    options: [
      ['--address <address>', 'this one or none'],
      ['--range <range>', 'one of this range; what the node gets by itself when absent'],
    ],
    examples: ['anneal networks allocate storage node-7.example.test --address 10.1.0.77'],
    run: async ({ client, printer }, [network, given], { address, range }) => {
      const items: Record<string, unknown>[] = [];
      for (const node of given as readonly string[]) {
        const { body } = await client.send<{ items: Record<string, unknown>[] }>('networks.allocate', {
          params: { key: String(network) },
          body: { node, ...(address === undefined ? {} : { address }), ...(range === undefined ? {} : { range }) },
        });
        items.push(...body.items);
      }
      await printer.list(items, ALLOCATION_LOOK);
    },
  });
};
