import { Text } from '@mantine/core';
import { useAct } from '../act/act';
import { ConfirmModal } from '../act/confirm-modal';
import { retry } from './acts';
import type { RetryActProps } from './retry-act';

/** Asks whether what was done before, and destroys, is to be done again. */
export const DestroyAgain = ({
  nodeRole,
  onClose,
}: Pick<RetryActProps, 'nodeRole'> & { readonly onClose: () => void }) => {
  const doing = useAct(onClose);
  const { name, node } = nodeRole;
  return (
    <ConfirmModal
      opened
      onClose={onClose}
      onConfirm={() => doing.mutate(retry(nodeRole, node))}
      title={`Retry ${name}`}
      name={node}
      destroys={[name]}
      confirmLabel="Retry"
      busy={doing.isPending}
    >
      <Text size="sm">It was done before, and does not run a second time by itself.</Text>
    </ConfirmModal>
  );
};
