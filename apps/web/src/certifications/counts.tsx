import { Progress, Stack, Text } from '@mantine/core';
import type { components } from '../api/schema.gen';

type Counts = components['schemas']['CertificationDetail']['counts'];

/** Tests that came to an end. */
export const doneOf = ({ passed, failed, skipped, setup_failed: setUp }: Counts): number =>
  passed + failed + skipped + setUp;

/** `12 of 217, 1 failed, 2 skipped` */
export const doneText = (counts: Counts): string => {
  const failed = counts.failed + counts.setup_failed;
  const more = [
    [failed, 'failed'],
    [counts.skipped, 'skipped'],
  ] as const;
  return [
    `${doneOf(counts)} of ${counts.total}`,
    ...more.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])),
  ].join(', ');
};

/** How many tests ended how, as a bar with the figures beside it. */
export const CountsBar = ({ counts, size = 14 }: { readonly counts: Counts; readonly size?: number }) => {
  const share = (count: number): number => (counts.total === 0 ? 0 : (100 * count) / counts.total);
  const text = doneText(counts);
  return (
    <Stack gap={2}>
      <Progress.Root size={size} role="img" aria-label={text}>
        {(
          [
            [counts.passed, 'green'],
            [counts.failed + counts.setup_failed, 'red'],
            [counts.skipped, 'yellow'],
          ] as const
        ).map(([count, color]) => (
          <Progress.Section key={color} value={share(count)} color={color} withAria={false} />
        ))}
      </Progress.Root>
      <Text size="xs" truncate title={text}>
        {text}
      </Text>
    </Stack>
  );
};
