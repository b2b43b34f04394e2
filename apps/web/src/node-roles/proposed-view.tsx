import { List, Text } from '@mantine/core';
import type { Proposed } from './proposed';

/** So many are listed; of the rest the number is said. */
const LISTED_MAX = 12;

/** What becomes the wish of the system, before it does. */
export const ProposedView = ({ proposed: { nodeRoles } }: { readonly proposed: Proposed }) => (
  <div data-testid="proposed">
    <Text size="sm" fw={600}>
      {nodeRoles.length === 0
        ? 'Nothing is proposed here; a commit only allows work on the node.'
        : `Committed, and run as soon as what they stand on is active: ${nodeRoles.length}`}
    </Text>
    <List size="sm">
      {nodeRoles.slice(0, LISTED_MAX).map(({ id, name }) => (
        <List.Item key={id}>{name}</List.Item>
      ))}
      {nodeRoles.length > LISTED_MAX ? <List.Item>and {nodeRoles.length - LISTED_MAX} more</List.Item> : null}
    </List>
  </div>
);
