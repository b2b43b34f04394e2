import { Anchor, Card, Code, SimpleGrid, Spoiler, Stack, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Node } from '../api/types';
import { Facts, type Fact } from '../shell/facts';
import { inventoryOf, sizeOf, type Inventory } from './inventory';

/** What a machine is made of, as it found out itself. What it did not find out is not shown as if it were nothing. */
export const Hardware = ({ node }: { readonly node: Node }) => {
  const inventory = inventoryOf(node);
  if (Object.keys(inventory).length === 0)
    return <Text c="dimmed">It has not said what it is: boot it into discovery.</Text>;
  const { pci = [] } = inventory;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Part title="System" facts={systemFacts(inventory)} />
        <Part title="Firmware" facts={firmwareFacts(inventory)} />
        <Part title="Processors and memory" facts={computeFacts(inventory)} />
        <Part title="Management controller" facts={bmcFacts(inventory)} />
      </SimpleGrid>
      {pci.length > 0 ? <Devices pci={pci} /> : null}
      <Spoiler maxHeight={0} showLabel="Show the whole document" hideLabel="Hide the document">
        <Code block>{JSON.stringify(inventory, null, 2)}</Code>
      </Spoiler>
      <Text size="sm">
        The same as JSON:{' '}
        <Anchor href={`/api/v2/nodes/${node.id}?fields=inventory`} target="_blank" rel="noreferrer" size="sm">
          GET nodes/{node.name}
        </Anchor>
      </Text>
    </Stack>
  );
};

const Part = ({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) => (
  <Card withBorder component="section" aria-label={title}>
    <Title order={3} size="h5" mb="xs">
      {title}
    </Title>
    <Facts facts={facts} label={title} />
  </Card>
);

const said = (value: ReactNode): ReactNode => value ?? '—';

const systemFacts = ({ system = {}, kernel, architecture }: Inventory): Fact[] => [
  ['Maker', said(system.vendor)],
  ['Product', said(system.product)],
  ['Serial number', said(system.serial)],
  ['Asset tag', said(system.asset_tag)],
  ['UUID', said(system.uuid)],
  ['Kind', said(system.kind)],
  ['Architecture', said(architecture)],
  ['Kernel that looked', said(kernel)],
];

const firmwareFacts = ({ firmware = {} }: Inventory): Fact[] => [
  ['Mode', said(firmware.mode?.toUpperCase())],
  ['Secure boot', firmware.secure_boot === true ? 'on' : firmware.secure_boot === false ? 'off' : 'cannot do it'],
  ['TPM', said(firmware.tpm)],
  ['Version', said([firmware.vendor, firmware.version, firmware.date].filter(Boolean).join(', ') || undefined)],
];

const computeFacts = ({ cpu = {}, memory = {} }: Inventory): Fact[] => [
  ['Processor', said(cpu.model)],
  ['Sockets, cores, threads', [cpu.sockets, cpu.cores, cpu.threads].map((count) => count ?? '—').join(', ')],
  ['Memory', said(memory.bytes === undefined ? undefined : sizeOf(memory.bytes))],
  ...(memory.modules ?? []).map(({ slot, bytes, mt_per_second: speed }): Fact => [
    slot,
    `${sizeOf(bytes)}${speed === null ? '' : `, ${speed} MT/s`}`,
  ]),
];

const bmcFacts = ({ bmc }: Inventory): Fact[] =>
  bmc
    ? [
        ['Address', said(bmc.address)],
        ['Hardware address', said(bmc.mac)],
        ['Maker', said(bmc.vendor)],
        ['Firmware', said(bmc.firmware)],
      ]
    : [['Controller', 'none was found from inside']];

const Devices = ({ pci }: { readonly pci: NonNullable<Inventory['pci']> }) => (
  <Card withBorder component="section" aria-label="PCI devices">
    <Title order={3} size="h5" mb="xs">
      PCI devices
    </Title>
    <Table aria-label="PCI devices">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Where</Table.Th>
          <Table.Th>What</Table.Th>
          <Table.Th>Number</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {pci.map(({ bus_path: path, id, class: kind, name }) => (
          <Table.Tr key={path}>
            <Table.Td>{path}</Table.Td>
            <Table.Td>{name ?? kind}</Table.Td>
            <Table.Td>{id}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Card>
);
