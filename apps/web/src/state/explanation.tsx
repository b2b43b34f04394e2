import { Alert, Code, List, Stack, Text } from '@mantine/core';
import type { Explanation } from '../api/types';
import { closed } from './closed';

/** Why something is not done: the chain of causes down to its root, and what would move it. */
export const ExplanationView = ({ of: { summary, chain, also, moves } }: { readonly of: Explanation }) => (
  <Alert color={chain.length === 0 ? 'green' : 'yellow'} title={summary}>
    <Stack gap="xs">
      {chain.some(({ sentence }) => closed(sentence) !== closed(summary)) ? (
        <List type="ordered" size="sm">
          {chain.map(({ kind, name, sentence }) => (
            <List.Item key={`${kind} ${name}`}>{sentence}</List.Item>
          ))}
        </List>
      ) : null}
      {also.length > 0 ? (
        <>
          <Text size="sm" fw={600}>
            What would still keep it back afterwards
          </Text>
          <List size="sm">
            {also.map(({ kind, name, sentence }) => (
              <List.Item key={`${kind} ${name}`}>{sentence}</List.Item>
            ))}
          </List>
        </>
      ) : null}
      {moves.length > 0 ? (
        <>
          <Text size="sm" fw={600}>
            What would move it
          </Text>
          {moves.map((move) => (
            <Code key={move}>{move}</Code>
          ))}
        </>
      ) : null}
    </Stack>
  </Alert>
);
