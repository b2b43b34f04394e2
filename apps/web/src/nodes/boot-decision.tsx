import { Alert, List, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Node } from '../api/types';
import { Loaded } from '../shell/page';

/** What a machine would boot with each kind of firmware, and for which reasons. */
export const BootDecision = ({ node }: { readonly node: Node }) => {
  const query = useQuery(reading(call('get', '/api/v2/nodes/{key}/boot', { path: { key: node.id } })));
  return (
    <Loaded of={query}>
      {({ bootenv, problems, decisions }) => (
        <Stack>
          {problems.length > 0 ? (
            <Alert color="red" title="It cannot boot from the network">
              <List size="sm">
                {problems.map((problem) => (
                  <List.Item key={problem}>{problem}</List.Item>
                ))}
              </List>
            </Alert>
          ) : null}
          <Text size="sm">Its boot environment is {bootenv}.</Text>
          <Table aria-label="What it boots" verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Firmware</Table.Th>
                <Table.Th>Gets</Table.Th>
                <Table.Th>Because</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {decisions.map(({ firmware, family, what, reasons }) => (
                <Table.Tr key={`${firmware} ${family}`}>
                  <Table.Td>
                    {firmware}, IPv{family}
                  </Table.Td>
                  <Table.Td>{what ?? 'nothing'}</Table.Td>
                  <Table.Td>{reasons.join('; ')}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Stack>
      )}
    </Loaded>
  );
};
