import { Alert, Code, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Node } from '../api/types';
import { Loaded } from '../shell/page';

/** Why a node is not done, in the few causes that are at the root of it. */
export const NodeExplanation = ({ node }: { readonly node: Node }) => {
  const query = useQuery(reading(call('get', '/api/v2/nodes/{key}/explain', { path: { key: node.id } })));
  return (
    <Loaded of={query}>
      {({ summary, roots }) => (
        <Alert color={roots.length === 0 ? 'green' : 'yellow'} title={summary}>
          <Stack gap="sm">
            {roots.map(({ cause, holds_up: holdsUp, moves }) => (
              <div key={`${cause.kind} ${cause.name}`}>
                <Text size="sm">
                  {cause.sentence} It holds up {holdsUp}.
                </Text>
                <List size="sm">
                  {moves.map((move) => (
                    <List.Item key={move}>
                      <Code>{move}</Code>
                    </List.Item>
                  ))}
                </List>
              </div>
            ))}
          </Stack>
        </Alert>
      )}
    </Loaded>
  );
};
