import { expect, it } from 'vitest';
import { networksOf } from './networks-of';

it('noderoles of networks name the network and the node, others neither', () => {
  expect(networksOf(['network-admin@n1.lab.test', 'network-a-b@n2', 'dns-client@n1'])).toEqual([
    { network: 'admin', node: 'n1.lab.test' },
    { network: 'a-b', node: 'n2' },
  ]);
});
