import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { ActButton, type ActButtonProps } from '../act/act';
import type { CommitModalProps } from './commit-modal';

// Few come to commit; whoever does can wait for the dialog.
const CommitModal = lazy(() => import('./commit-modal').then(({ CommitModal: component }) => ({ default: component })));

export interface CommitActProps extends Omit<CommitModalProps, 'onClose'> {
  readonly size?: ActButtonProps['size'];
}

/** A button that shows what would be committed before it is. */
export const CommitAct = ({ size, ...commit }: CommitActProps) => {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <ActButton act={commit.act} onClick={open} {...(size === undefined ? {} : { size })} />
      {opened ? (
        <Suspense fallback={null}>
          <CommitModal {...commit} onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
};
