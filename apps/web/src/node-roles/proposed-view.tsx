import { Text } from '@mantine/core';
import { Listed } from '../shell/listed';
import type { Proposed } from './proposed';

/** What becomes the wish of the system, before it does. */
export const ProposedView = ({ proposed: { nodeRoles } }: { readonly proposed: Proposed }) => (
  <div data-testid="proposed">
    <Text size="sm" fw={600}>
      {nodeRoles.length === 0
        ? 'Nothing is proposed here; a commit only allows work on the node.'
        : `Committed, and run as soon as what they stand on is active: ${nodeRoles.length}`}
    </Text>
    <Listed names={nodeRoles.map(({ name }) => name)} />
  </div>
);
