import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Listed } from '../shell/listed';

export interface ConfirmProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  readonly title: string;
  readonly children: ReactNode;
  /** What will be destroyed; then the name has to be typed. */
  readonly destroys?: readonly string[];
  /** The name that has to be typed. */
  readonly name: string;
  readonly confirmLabel: string;
  readonly busy?: boolean;
  /** Whether it is known by now what will be destroyed; before, nothing can be confirmed. */
  readonly ready?: boolean;
}

/** Asks before something is done, and wants the name typed where something is destroyed by it. */
export const ConfirmModal = (props: ConfirmProps) => {
  const {
    opened,
    onClose,
    onConfirm,
    title,
    children,
    destroys = [],
    name,
    confirmLabel,
    busy = false,
    ready = true,
  } = props;
  const [typed, setTyped] = useState('');
  const mayGo = ready && (destroys.length === 0 || typed === name);
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (mayGo) onConfirm();
        }}
      >
        <Stack>
          {children}
          {destroys.length > 0 ? (
            <>
              <Text fw={600}>This destroys what is there now:</Text>
              <Listed names={destroys} />
              <TextInput
                label={`Type ${name} to go on`}
                value={typed}
                onChange={({ currentTarget }) => setTyped(currentTarget.value)}
                autoComplete="off"
                data-autofocus
              />
            </>
          ) : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color={destroys.length > 0 ? 'red' : undefined} disabled={!mayGo} loading={busy}>
              {confirmLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
