import { Badge, Group, Stack, Table, Text } from '@mantine/core';
import type { Node } from '../api/types';
import { inventoryOf, sizeOf, type Disk } from './inventory';

/** The disks of a machine by what they are found again by, and what is on them: what a choice of disk is made from. */
export const Storage = ({ node }: { readonly node: Node }) => {
  const { disks = [], raid = [] } = inventoryOf(node);
  if (disks.length === 0) return <Text c="dimmed">It has not said which disks it has: boot it into discovery.</Text>;
  return (
    <Stack>
      <Table aria-label="Disks">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Found again by</Table.Th>
            <Table.Th>Now called</Table.Th>
            <Table.Th>Size</Table.Th>
            <Table.Th>Kind</Table.Th>
            <Table.Th>Where</Table.Th>
            <Table.Th>Holds</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {disks.map((disk) => (
            <Table.Tr key={disk.id}>
              <Table.Td>
                <Text size="sm" ff="monospace">
                  {disk.id}
                </Text>
              </Table.Td>
              <Table.Td>{disk.name}</Table.Td>
              <Table.Td>{sizeOf(disk.bytes)}</Table.Td>
              <Table.Td>
                <Kind disk={disk} />
              </Table.Td>
              <Table.Td>{disk.bus_path ?? '—'}</Table.Td>
              <Table.Td>{disk.holds?.length ? disk.holds.join(', ') : 'nothing that is known'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {raid.map(({ bus_path: path, model, driver }) => (
        <Text key={path} size="sm">
          RAID controller {model} at {path}
          {driver === null ? '' : `, driver ${driver}`}
        </Text>
      ))}
    </Stack>
  );
};

const Kind = ({ disk }: { readonly disk: Disk }) => (
  <Group gap={6}>
    <Text size="sm">
      {[disk.model, disk.transport, disk.rotational ? 'rotating' : 'solid state'].filter(Boolean).join(', ')}
    </Text>
    {disk.removable ? <Badge variant="outline">can be taken out</Badge> : null}
    {disk.read_only ? <Badge variant="outline">read only</Badge> : null}
  </Group>
);
