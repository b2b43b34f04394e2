import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { ActButton, useAct, type ActButtonProps } from '../act/act';
import { ProblemError } from '../api/problem';
import type { NodeRole } from '../api/types';
import { retry } from './acts';

const DestroyAgain = lazy(() =>
  import('./destroy-again').then(({ DestroyAgain: component }) => ({ default: component })),
);

export interface RetryActProps {
  readonly nodeRole: Pick<NodeRole, 'id' | 'name' | 'node'>;
  readonly size?: ActButtonProps['size'];
}

/** A button that runs a noderole again. Where that would destroy once more the server says so, and the node's name is asked. */
export const RetryAct = ({ nodeRole, size }: RetryActProps) => {
  const [opened, { open, close }] = useDisclosure();
  const doing = useAct(undefined, (error) => {
    const wanted = error instanceof ProblemError && error.code === 'needs-confirmation';
    if (wanted) open();
    return wanted;
  });
  const act = retry(nodeRole);
  return (
    <>
      <ActButton
        act={act}
        loading={doing.isPending}
        onClick={() => doing.mutate(act)}
        {...(size === undefined ? {} : { size })}
      />
      {opened ? (
        <Suspense fallback={null}>
          <DestroyAgain nodeRole={nodeRole} onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
};
