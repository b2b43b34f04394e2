import { Group, Text, Tooltip } from '@mantine/core';
import { IconCircleCheck, IconFlame, IconHandStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';

/** How often it is asked, in milliseconds: it is a summary, and pages with lists have news of their own. */
const PERIOD_MS = 4_000;

/** How far the whole graph has settled, in a word. */
export const AnnealMeter = () => {
  const { data } = useQuery({ ...reading(call('get', '/api/v2/anneal')), refetchInterval: PERIOD_MS });
  if (!data) return null;
  const { counts, settled, working } = data;
  const open = counts.todo + counts.transition + counts.blocked + counts.error;
  const [Icon, word] = settled
    ? ([IconCircleCheck, 'settled'] as const)
    : working
      ? ([IconFlame, `annealing, ${open} to go`] as const)
      : ([IconHandStop, `waits for you, ${open} open`] as const);
  return (
    <Tooltip
      label={`${counts.active} active, ${counts.transition} in transition, ${counts.todo} todo, ${counts.blocked} blocked, ${counts.error} in error`}
    >
      <Group gap={6} wrap="nowrap" role="status" aria-label="Annealer">
        <Icon size={18} aria-hidden />
        <Text size="sm" visibleFrom="xs">
          {word}
        </Text>
      </Group>
    </Tooltip>
  );
};
