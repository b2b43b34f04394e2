import type { Declare } from '../command/leaf.js';
import { byFields, type Look } from '../output/printer.js';
import { declareList } from '../resource/list.js';

const LEASES: Look = {
  columns: [
    { field: 'address' },
    { field: 'state' },
    { field: 'mac' },
    { field: 'node' },
    { field: 'hostname' },
    { field: 'until' },
    { field: 'network' },
    { field: 'holder', wide: true },
    { field: 'since', wide: true },
    { field: 'server', wide: true },
  ],
  nameOf: byFields('address'),
};

const RESERVATIONS: Look = {
  columns: [{ field: 'address' }, { field: 'node' }, { field: 'macs' }, { field: 'network' }, { field: 'range' }],
  nameOf: byFields('address'),
};

export const declare: Declare = (program, terminal) => {
  const dhcp = program
    .command('dhcp')
    .summary('which machines have which addresses')
    .description('Which machines have which addresses.')
    .helpCommand(false);
  const leases = dhcp
    .command('leases')
    .alias('lease')
    .summary('addresses that were given')
    .description('Addresses that were given.')
    .helpCommand(false);
  const shared = { key: 'address', tag: 'dhcp' };
  declareList(
    leases,
    terminal,
    {
      ...shared,
      name: 'leases',
      summary: 'Addresses that were given',
      one: 'lease',
      look: LEASES,
      examples: { list: [`anneal dhcp leases list --filter 'state eq "bound"'`] },
    },
    'dhcp.leases',
  );
  const reservations = dhcp
    .command('reservations')
    .alias('reservation')
    .summary('addresses that known machines get')
    .description('Addresses that known machines get.')
    .helpCommand(false);
  declareList(
    reservations,
    terminal,
    {
      ...shared,
      name: 'reservations',
      summary: 'Addresses that known machines get',
      one: 'reservation',
      look: RESERVATIONS,
    },
    'dhcp.reservations',
  );
};
