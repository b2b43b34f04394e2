import { Button, Modal, type ButtonProps, type MantineSize } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';

export interface ModalButtonProps extends Omit<ButtonProps, 'children'> {
  readonly label: string;
  readonly title: string;
  /** Why it cannot be opened by whoever looks; null when it can. */
  readonly refusal?: string | null;
  readonly modalSize?: MantineSize;
  readonly children: (close: () => void) => ReactNode;
}

/** A button for what needs to be told more. What it opens is made anew each time: nothing that was given up stays in it. */
export const ModalButton = (props: ModalButtonProps) => {
  const { label, title, refusal = null, modalSize = 'lg', children, ...button } = props;
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button
        size="xs"
        variant="light"
        {...button}
        disabled={refusal !== null}
        title={refusal ?? undefined}
        onClick={open}
      >
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title} size={modalSize}>
        {opened ? children(close) : null}
      </Modal>
    </>
  );
};
