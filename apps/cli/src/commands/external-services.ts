import type { Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  declareNoun(program, terminal, {
    name: 'external-services',
    aliases: ['external-service'],
    summary: 'DNS, NTP and DHCP that a site has already',
    one: 'external service',
    key: 'service',
    tag: 'external_services',
    look: {
      columns: [
        { field: 'kind' },
        { field: 'name' },
        { field: 'addresses' },
        { field: 'networks' },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    examples: { create: [`anneal external-services create clock kind=ntp 'addresses=["192.0.2.123"]'`] },
  });
};
