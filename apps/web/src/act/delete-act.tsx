import { useDisclosure } from '@mantine/hooks';
import { Text } from '@mantine/core';
import { ActButton, useAct, type Act } from './act';
import { ConfirmModal } from './confirm-modal';

export interface DeleteActProps {
  readonly act: Act;
  /** What it is about; it has to be typed. */
  readonly name: string;
  readonly destroys: readonly string[];
  readonly says: string;
  readonly onDone?: () => void;
}

/** A button for what cannot be taken back: it says what goes, and wants the name typed. */
export const DeleteAct = ({ act, name, destroys, says, onDone }: DeleteActProps) => {
  const [opened, { open, close }] = useDisclosure();
  const doing = useAct(() => {
    close();
    onDone?.();
  });
  return (
    <>
      <ActButton act={act} color="red" onClick={open} />
      <ConfirmModal
        opened={opened}
        onClose={close}
        onConfirm={() => doing.mutate(act)}
        title={`${act.label} ${name}`}
        name={name}
        destroys={destroys}
        confirmLabel={act.label}
        busy={doing.isPending}
      >
        <Text size="sm">{says}</Text>
      </ConfirmModal>
    </>
  );
};
