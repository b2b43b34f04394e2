import type { Deployment } from '../api/types';
import { StateBadge } from '../state/state-badge';

/** What has become of a deployment: edited, on its way, done, or stopped by an error. */
export const DeploymentState = ({ of: { wish, state } }: { readonly of: Pick<Deployment, 'wish' | 'state'> }) =>
  wish === 'proposed' ? (
    <StateBadge state="proposed" word="BEING EDITED" says="It is being edited; nothing happens before a commit." />
  ) : state === 'active' ? (
    <StateBadge state="active" says="Everything that was committed is done." />
  ) : state === 'error' ? (
    <StateBadge state="error" says="Something that was committed failed, and waits for somebody." />
  ) : (
    <StateBadge state="transition" word="COMMITTED" says="It was committed, and is on its way." />
  );
