import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

export type Fact = readonly [name: string, value: ReactNode];

export interface FactsProps {
  readonly facts: readonly Fact[];
  readonly label?: string;
  /** How much of a line its name takes. */
  readonly names?: `${number}%`;
}

/** What is known of one thing, a line each. */
export const Facts = ({ facts, label, names = '40%' }: FactsProps) => (
  <Table variant="vertical" layout="fixed" aria-label={label}>
    <Table.Tbody>
      {facts.map(([name, value]) => (
        <Table.Tr key={name}>
          <Table.Th w={names}>{name}</Table.Th>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);

/** Values of an object as they are, those that are nothing left out. */
export const PlainFacts = ({ of: item }: { readonly of: Readonly<Record<string, unknown>> }) => (
  <Facts
    names="35%"
    facts={Object.entries(item)
      .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
      .map(([name, value]): Fact => [
        name.replaceAll('_', ' '),
        typeof value === 'object' ? <pre>{JSON.stringify(value, null, 2)}</pre> : String(value),
      ])}
  />
);
