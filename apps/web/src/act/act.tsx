import { ActionIcon, Button, CopyButton, Group, Menu, Tooltip, type ButtonProps } from '@mantine/core';
import { IconChevronDown, IconCopy } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { asCurl } from '../api/as-command';
import { perform, type Call } from '../api/call';
import { sentenceOf } from '../api/problem';
import { forget } from '../api/query';
import { useMayAct } from '../session/session';
import { say } from '../shell/messages';

/** Something that a person can do: one call, what it is called, and how it is typed. */
export interface Act<Answer = unknown> {
  readonly label: string;
  readonly call: Call<Answer>;
  /** The same on the command line: `anneal nodes commit web-1`. */
  readonly command?: string;
  /** Resources that look different afterwards. */
  readonly changes: readonly string[];
  /** Said when it was done. */
  readonly done?: string;
}

/**
 * Does an act and says how it went; what the server refused stands in a message that stays until it is closed, unless
 * `onRefused` knows what to do about it and says so.
 */
export const useAct = <Answer,>(onDone?: (answer: Answer) => void, onRefused?: (error: unknown) => boolean) =>
  useMutation({
    mutationFn: ({ call }: Act<Answer>) => perform(call),
    onSuccess: (answer, act) => {
      forget(...act.changes);
      if (act.done) void say({ message: act.done, color: 'green' });
      onDone?.(answer);
    },
    onError: (error, act) => {
      if (onRefused?.(error)) return;
      void say({
        title: `${act.label}: not done`,
        message: sentenceOf(error),
        color: 'red',
        autoClose: false,
      });
    },
  });

export interface ActButtonProps extends Omit<ButtonProps, 'children'> {
  readonly act: Act;
  readonly icon?: ReactNode;
  /** Why it cannot be done now; it is shown, not hidden. */
  readonly because?: string | null;
  /** Asked before it is done; resolves to whether it may. */
  readonly onClick?: () => void;
}

/** A button for an act, with a menu that copies it as a command. */
export const ActButton = ({ act, icon, because = null, onClick, loading = false, ...button }: ActButtonProps) => {
  const mutation = useAct();
  const refusal = useMayAct();
  const why = refusal ?? because;
  return (
    <Group gap={2} wrap="nowrap">
      <Tooltip label={why} disabled={why === null} events={{ hover: true, focus: true, touch: true }}>
        <Button
          size="xs"
          variant="light"
          {...button}
          leftSection={icon}
          loading={loading || mutation.isPending}
          data-disabled={why === null ? undefined : true}
          aria-disabled={why !== null}
          onClick={() => (why === null ? (onClick ? onClick() : mutation.mutate(act)) : undefined)}
        >
          {act.label}
        </Button>
      </Tooltip>
      <CopyAs act={act} />
    </Group>
  );
};

/** Copies an act as what one would type for it. */
export const CopyAs = ({ act }: { readonly act: Act }) => (
  <Menu position="bottom-end" withinPortal>
    <Menu.Target>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Copy “${act.label}” as a command`}>
        <IconChevronDown size={14} aria-hidden />
      </ActionIcon>
    </Menu.Target>
    <Menu.Dropdown>
      {act.command ? <CopyItem label="Copy for the command line" text={act.command} /> : null}
      <CopyItem label="Copy as curl" text={asCurl(act.call)} />
    </Menu.Dropdown>
  </Menu>
);

const CopyItem = ({ label, text }: { readonly label: string; readonly text: string }) => (
  <CopyButton value={text}>
    {({ copied, copy }) => (
      <Menu.Item leftSection={<IconCopy size={14} aria-hidden />} onClick={copy} closeMenuOnClick={false}>
        {copied ? 'Copied' : label}
      </Menu.Item>
    )}
  </CopyButton>
);
