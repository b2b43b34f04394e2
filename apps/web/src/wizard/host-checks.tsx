import { Button, Code, Group, List, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconQuestionMark, IconX, type TablerIcon } from '@tabler/icons-react';
import type { components } from '../api/schema.gen';

type Check = components['schemas']['Host']['checks'][number];

const LOOKS: Readonly<Record<Check['verdict'], readonly [Icon: TablerIcon, color: string, word: string]>> = {
  good: [IconCheck, 'green', 'good'],
  warning: [IconAlertTriangle, 'yellow', 'to be looked at'],
  bad: [IconX, 'red', 'must be mended'],
  unknown: [IconQuestionMark, 'gray', 'not known'],
};

/** What was found of the host, each with what to do where it is not good. */
export const HostChecks = ({
  checks,
  onAgain,
}: {
  readonly checks: readonly Check[];
  readonly onAgain: () => void;
}) => (
  <>
    <List spacing="xs" size="sm">
      {checks.map(({ name, verdict, says }) => {
        const [Icon, color, word] = LOOKS[verdict];
        return (
          <List.Item
            key={name}
            icon={
              <ThemeIcon color={color} size={22} variant="light" radius="xl" aria-label={word} role="img">
                <Icon size={14} aria-hidden />
              </ThemeIcon>
            }
          >
            <b>{name}</b>: {says.split('`').map((part, at) => (at % 2 === 1 ? <Code key={at}>{part}</Code> : part))}
          </List.Item>
        );
      })}
    </List>
    <Group>
      <Button size="xs" variant="light" onClick={onAgain}>
        Look again
      </Button>
    </Group>
  </>
);
