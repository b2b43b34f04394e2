import { Badge, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconLoader2,
  IconLock,
  IconPencil,
  type TablerIcon,
} from '@tabler/icons-react';
import type { NodeRoleState } from '../api/types';
import { STATES } from './states';
import classes from './state.module.css';

const ICONS: Readonly<Record<NodeRoleState, TablerIcon>> = {
  error: IconAlertTriangle,
  transition: IconLoader2,
  todo: IconClock,
  blocked: IconLock,
  proposed: IconPencil,
  active: IconCircleCheck,
};

export const StateIcon = ({ state, size = 14 }: { readonly state: NodeRoleState; readonly size?: number }) => {
  const Icon = ICONS[state];
  return <Icon size={size} aria-hidden className={state === 'transition' ? classes['turning'] : undefined} />;
};

/** A state as word, icon and colour; what it means, and since when, on asking. */
export const StateBadge = ({ state, note }: { readonly state: NodeRoleState; readonly note?: string }) => {
  const { word, color, says } = STATES[state];
  return (
    <Tooltip
      label={note ? `${says} ${note}` : says}
      multiline
      maw={320}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Badge
        className={classes['badge'] ?? ''}
        color={color}
        variant="light"
        autoContrast
        leftSection={<StateIcon state={state} />}
        tabIndex={0}
        data-state={state}
      >
        {word}
      </Badge>
    </Tooltip>
  );
};
