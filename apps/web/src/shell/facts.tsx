import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

export type Fact = readonly [name: string, value: ReactNode];

/** What is known of one thing, a line each. */
export const Facts = ({ facts, label }: { readonly facts: readonly Fact[]; readonly label?: string }) => (
  <Table variant="vertical" layout="fixed" aria-label={label}>
    <Table.Tbody>
      {facts.map(([name, value]) => (
        <Table.Tr key={name}>
          <Table.Th w="40%">{name}</Table.Th>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);
