import { ActButton, type ActButtonProps } from '../act/act';
import type { NodeRole } from '../api/types';
import { cancel, commit } from './acts';
import { CommitAct } from './commit-act';
import { RetryAct } from './retry-act';

export interface LikelyActProps {
  readonly nodeRole: NodeRole;
  readonly size: NonNullable<ActButtonProps['size']>;
}

/** The act that one wants most often in a state. */
export const LikelyAct = ({ nodeRole, size }: LikelyActProps) => {
  switch (nodeRole.state) {
    case 'error':
      return <RetryAct nodeRole={nodeRole} size={size} />;
    case 'transition':
      return <ActButton act={cancel(nodeRole)} size={size} />;
    case 'proposed':
      return <CommitNodeRole nodeRole={nodeRole} size={size} />;
    case 'active':
    case 'todo':
    case 'blocked':
      return null;
  }
};

/** The commit of a noderole, with what it would do before. */
export const CommitNodeRole = ({ nodeRole, size }: Pick<LikelyActProps, 'nodeRole'> & Partial<LikelyActProps>) => (
  <CommitAct
    act={commit(nodeRole)}
    name={nodeRole.name}
    node={nodeRole.node}
    condition={`id eq ${nodeRole.id}`}
    {...(size === undefined ? {} : { size })}
  />
);
