import { Switch } from '@mantine/core';
import type { Node } from '../api/types';
import { useAsked } from '../ask/use-asked';
import { EventList } from '../events/event-list';

/** What each noderole tells at every step; they are most of a history, and not in the index of what happened to nodes. */
const STEPS = ['todo', 'transition', 'active'].map((step) => `kind ne node_role.${step}`).join(' and ');

/** What happened to a node: without the steps of its noderoles, which the timeline has, unless they are asked for. */
export const NodeEvents = ({ node }: { readonly node: Node }) => {
  const [{ steps }, ask] = useAsked({ steps: '' });
  const own = `node_id eq ${node.id}`;
  return (
    <EventList
      within={steps === '' ? `${own} and ${STEPS}` : own}
      news={{ node: node.id }}
      more={
        <Switch
          label="Each step of its noderoles, too"
          checked={steps !== ''}
          onChange={({ currentTarget }) => ask({ steps: currentTarget.checked ? 'yes' : '' })}
        />
      }
    />
  );
};
