import { Group, Text } from '@mantine/core';
import { verdictLook } from './looks';
import type { Certification } from './use-certification';
import { WordBadge } from './word-badge';

type Line = Certification['verdicts'][number];

/** A verdict in one line: its word, and the sentence that says of what. */
export const VerdictLine = ({
  of: { met, must_pass_total: total, claim },
  facts,
  isBrief = false,
}: {
  readonly of: Line;
  readonly facts: Certification['facts'];
  /** In a table: the sentence is cut off where there is no room. */
  readonly isBrief?: boolean;
}) => (
  <Group gap={6} wrap="nowrap">
    <WordBadge look={verdictLook({ met, total }, facts)} note={claim} />
    <Text size="sm" {...(isBrief ? { truncate: true } : {})} title={claim}>
      {claim}
    </Text>
  </Group>
);
