import { Progress, Text } from '@mantine/core';
import type { Draft } from './draft';

/** The last part of an IPv4 address; null for what is none. */
const lastPart = (address: string): number | null => {
  const part = /^\d+\.\d+\.\d+\.(\d+)/.exec(address)?.[1];
  return part === undefined ? null : Number(part);
};

/** How a /24 is divided, as a bar with words. */
export const RangePicture = ({ draft }: { readonly draft: Draft }) => {
  const pieces = (
    [
      ['this host', draft.address, draft.address, 'gray'],
      ['nodes', draft.nodesFirst, draft.nodesLast, 'ember'],
      ['new machines', draft.poolFirst, draft.poolLast, 'blue'],
    ] as const
  )
    .map(([label, first, last, color]) => ({ label, first: lastPart(first), last: lastPart(last), color }))
    .filter(
      (piece): piece is typeof piece & { first: number; last: number } => piece.first !== null && piece.last !== null,
    )
    .sort((a, b) => a.first - b.first);
  if (pieces.length === 0) return null;
  let at = 0;
  const sections = pieces.flatMap(({ label, first, last, color }) => {
    const gap = Math.max(0, first - at);
    const width = Math.max(1, last - first + 1);
    at = last + 1;
    return [
      { key: `${label} before`, value: (100 * gap) / 256, color: 'transparent', label: '' },
      { key: label, value: (100 * width) / 256, color, label },
    ];
  });
  return (
    <div>
      <Progress.Root size={22} aria-label="How the addresses are divided">
        {sections.map(({ key, value, color, label }) => (
          <Progress.Section key={key} value={value} color={color} aria-label={label || 'free'}>
            {value > 12 ? <Progress.Label>{label}</Progress.Label> : null}
          </Progress.Section>
        ))}
      </Progress.Root>
      <Text size="xs" c="dimmed">
        {pieces.map(({ label, first, last }) => `${label} .${first}${last === first ? '' : `–.${last}`}`).join(', ')}
      </Text>
    </div>
  );
};
