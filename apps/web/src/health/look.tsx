import { Badge } from '@mantine/core';
import type { TablerIcon } from '@tabler/icons-react';

/** A word, an icon and a colour: never the colour alone. */
export type LookOf = readonly [word: string, color: string, Icon: TablerIcon];

interface LookProps {
  readonly look: LookOf;
  readonly of?: string;
  readonly title?: string;
}

export const Look = ({ look: [word, color, Icon], of, title }: LookProps) => (
  <Badge
    color={color}
    variant="light"
    autoContrast
    tt="none"
    miw="max-content"
    c="var(--mantine-color-text)"
    leftSection={<Icon size={14} aria-hidden />}
    title={title}
  >
    {of ? `${of} ${word}` : word}
  </Badge>
);
