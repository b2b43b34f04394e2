import { Alert, Code, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Call } from '../api/call';
import { reading } from '../api/query';
import type { FoldedExplanation } from '../api/types';
import { Loaded } from '../shell/page';
import { closed } from './closed';

/** Examples that are named of what hangs on one cause. */
const EXAMPLES_MAX = 3;

/** Why a node or a deployment is not done: the few causes at the root of all its waiting, and how much hangs on each. */
export const FoldedExplanationView = ({ of: what }: { readonly of: Call<FoldedExplanation> }) => (
  <Loaded of={useQuery(reading(what))}>
    {({ summary, roots }) => (
      <Alert color={roots.length === 0 ? 'green' : 'yellow'} title={summary}>
        <Stack gap="sm">
          {roots.map(({ cause, holds_up: holdsUp, examples, moves }) => (
            <div key={`${cause.kind} ${cause.name}`}>
              <Text size="sm">
                {closed(cause.sentence)} It holds up {holdsUp}, for example {examples.slice(0, EXAMPLES_MAX).join(', ')}
                .
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
