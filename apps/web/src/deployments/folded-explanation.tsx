import { Alert, Code, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Deployment } from '../api/types';
import { Loaded } from '../shell/page';

/** Why a deployment is not done: the few causes at the root of all its waiting, and how much hangs on each. */
export const FoldedExplanationView = ({ deployment }: { readonly deployment: Deployment }) => {
  const query = useQuery(reading(call('get', '/api/v2/deployments/{key}/explain', { path: { key: deployment.id } })));
  return (
    <Loaded of={query}>
      {({ summary, roots }) => (
        <Alert color={roots.length === 0 ? 'green' : 'yellow'} title={summary}>
          <Stack gap="sm">
            {roots.map(({ cause, holds_up: holdsUp, examples, moves }) => (
              <div key={`${cause.kind} ${cause.name}`}>
                <Text size="sm">
                  {cause.sentence} It holds up {holdsUp}, for example {examples.slice(0, 3).join(', ')}.
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
