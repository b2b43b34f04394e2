import { Badge, Tooltip } from '@mantine/core';
import type { TablerIcon } from '@tabler/icons-react';

/** How something is said, drawn and coloured. Never by its colour alone. */
export interface Look {
  readonly word: string;
  /** A colour of the theme. */
  readonly color: string;
  readonly Icon: TablerIcon;
  /** One sentence, for those who meet it first. */
  readonly says: string;
}

export interface WordBadgeProps {
  readonly look: Look;
  /** What it is beside what its word says. */
  readonly note?: string;
  /** Inside of something that is stepped through by keys as a whole: no stop of its own. */
  readonly isInner?: boolean;
}

/** A look as a badge; what it means is said to those who point at it or come to it by the keyboard. */
export const WordBadge = ({ look: { word, color, Icon, says }, note, isInner = false }: WordBadgeProps) => (
  <Tooltip
    label={note ? `${says} ${note}` : says}
    multiline
    maw={320}
    disabled={isInner}
    events={{ hover: true, focus: true, touch: true }}
  >
    <Badge
      color={color}
      variant="light"
      autoContrast
      c="var(--mantine-color-text)"
      style={{ cursor: 'default', flexShrink: 0 }}
      leftSection={<Icon size={14} aria-hidden />}
      data-word={word}
      {...(isInner ? {} : { tabIndex: 0 })}
    >
      {word}
    </Badge>
  </Tooltip>
);
