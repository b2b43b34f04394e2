import { Badge } from '@mantine/core';
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
import { useTip } from './tip';
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
  const { color } = STATES[state];
  return (
    <Icon
      size={size}
      aria-hidden
      className={`${classes['icon']} ${state === 'transition' ? classes['turning'] : ''}`}
      style={
        {
          '--state-light': `var(--mantine-color-${color}-9)`,
          '--state-dark': `var(--mantine-color-${color}-4)`,
        } as React.CSSProperties
      }
    />
  );
};

export interface StateBadgeProps {
  readonly state: NodeRoleState;
  /** The word, where the thing that is in this state has another for it. */
  readonly word?: string;
  /** What it means, where it does not mean what it means of a noderole. */
  readonly says?: string;
}

/** A state as word, icon and colour; what it means on asking. */
export const StateBadge = ({ state, word = STATES[state].word, says = STATES[state].says }: StateBadgeProps) => {
  const { color } = STATES[state];
  const [pointed, tip] = useTip<HTMLDivElement>(says);
  return (
    <>
      <Badge
        classNames={{ root: classes['badge'] ?? '', label: classes['word'] ?? '' }}
        color={color}
        variant="light"
        autoContrast
        leftSection={<StateIcon state={state} />}
        data-state={state}
        {...pointed}
      >
        {word}
      </Badge>
      {tip}
    </>
  );
};
