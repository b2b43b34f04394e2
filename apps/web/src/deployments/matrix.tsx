import { Anchor, Loader, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Deployment, Graph } from '../api/types';
import { STATES } from '../state/states';
import { StateIcon } from '../state/state-badge';

/** Nodes by roles, a state in each cell: the dense twin of the graph. */
export const Matrix = ({ deployment }: { readonly deployment: Deployment }) => {
  const { data } = useQuery(reading(call('get', '/api/v2/deployments/{key}/graph', { path: { key: deployment.id } })));
  const table = useMemo(() => (data ? matrixOf(data) : null), [data]);
  if (!table) return <Loader role="status" aria-label="Loading" />;
  if (table.roles.length === 0) return <Text c="dimmed">Nothing is bound in this deployment yet.</Text>;
  return (
    <Table.ScrollContainer minWidth={400} maxHeight={600}>
      <Table stickyHeader withColumnBorders aria-label="Nodes by roles">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Node</Table.Th>
            {table.roles.map((role) => (
              <Table.Th key={role}>{role}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.nodes.map((node) => (
            <Table.Tr key={node}>
              <Table.Th scope="row">{node}</Table.Th>
              {table.roles.map((role) => {
                const cell = table.cells.get(`${role}@${node}`);
                return (
                  <Table.Td key={role}>
                    {cell ? (
                      <Anchor component={Link} to={`/node-roles/${cell.id}`} size="xs" c="var(--mantine-color-text)">
                        <StateIcon state={cell.state} /> {STATES[cell.state].word}
                      </Anchor>
                    ) : null}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
};

/** Roles in the order in which they run, nodes by name. */
export const matrixOf = ({ node_roles: all }: Graph) => {
  const mine = all.filter(({ outside }) => !outside);
  const cohort = new Map<string, number>();
  for (const { role, cohort: at } of mine) cohort.set(role, Math.max(at, cohort.get(role) ?? 0));
  return {
    roles: [...cohort.keys()].sort(
      (a, b) => (cohort.get(a) as number) - (cohort.get(b) as number) || a.localeCompare(b),
    ),
    nodes: [...new Set(mine.map(({ node }) => node))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
    cells: new Map(mine.map((nodeRole) => [`${nodeRole.role}@${nodeRole.node}`, nodeRole])),
  };
};
