import { Text } from '@mantine/core';

const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });

/** How long ago, in the largest unit that fits. */
export const ago = (at: string | number | Date, now = Date.now()): string => {
  const seconds = Math.round((new Date(at).getTime() - now) / 1_000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? (['second', 1] as const);
  return format.format(Math.round(seconds / size), unit);
};

/** A moment as it is told to people, with the exact one for those who point at it. */
export const Since = ({ at }: { readonly at: string | null }) =>
  at === null ? null : (
    <Text component="time" size="sm" dateTime={at} title={new Date(at).toISOString()}>
      {ago(at)}
    </Text>
  );
