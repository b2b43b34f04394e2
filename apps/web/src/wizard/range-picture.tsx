import { Alert, ColorSwatch, Group, List, Text } from '@mantine/core';
import type { Draft } from './draft';
import { addressText, dividedOf } from './ipv4';
import classes from './wizard.module.css';

/** A piece is drawn at least this wide, in percent, so that one address can be seen. */
const WIDTH_MIN = 0.8;

/** How the subnet is divided: drawn to scale on a bar, told in words below it, with what does not fit. */
export const RangePicture = ({ draft }: { readonly draft: Draft }) => {
  const { subnet, pieces, problems } = dividedOf(draft);
  return (
    <div data-testid="ranges">
      {subnet ? (
        <>
          <div className={classes['bar']} aria-hidden>
            {pieces.map(({ label, color, at, length }) => (
              <div
                key={label}
                className={classes['piece']}
                title={label}
                style={{
                  left: `${Math.max(0, Math.min(100 - WIDTH_MIN, (100 * at) / subnet.size))}%`,
                  width: `${Math.max(WIDTH_MIN, Math.min(100, (100 * length) / subnet.size))}%`,
                  background: `var(--mantine-color-${color}-6)`,
                }}
              />
            ))}
          </div>
          <Group gap="md" justify="space-between">
            <Group gap="md">
              {pieces.map(({ label, color, text, length }) => (
                <Group key={label} gap={4} wrap="nowrap">
                  <ColorSwatch size={10} color={`var(--mantine-color-${color}-6)`} aria-hidden />
                  <Text size="xs">
                    {label}: {text}
                    {length > 1 ? ` (${length})` : ''}
                  </Text>
                </Group>
              ))}
            </Group>
            <Text size="xs" c="dimmed">
              {addressText(subnet.first)}/{subnet.bits}
            </Text>
          </Group>
        </>
      ) : null}
      {problems.length > 0 ? (
        <Alert color="red" role="alert" mt="xs" title="This does not fit together">
          <List size="sm">
            {problems.map((problem) => (
              <List.Item key={problem}>{problem}</List.Item>
            ))}
          </List>
        </Alert>
      ) : null}
    </div>
  );
};
