import { Group, Text, Tooltip } from '@mantine/core';
import { IconHeartbeat, IconHeartOff, IconHandStop } from '@tabler/icons-react';
import type { Node } from '../api/types';

/** Whether a node can be reached, and whether it may be worked on: two things, each with its word. */
export const Alive = ({ node }: { readonly node: Pick<Node, 'alive' | 'available' | 'system' | 'probe_says'> }) => {
  const alive = node.alive || node.system;
  return (
    <Tooltip
      label={alive ? 'It answers.' : node.probe_says || 'It has not answered yet.'}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Group gap={4} wrap="nowrap" tabIndex={0}>
        {alive ? <IconHeartbeat size={16} aria-hidden /> : <IconHeartOff size={16} aria-hidden />}
        <Text size="sm">{alive ? 'alive' : 'dead'}</Text>
        {node.available ? null : (
          <>
            <IconHandStop size={16} aria-hidden />
            <Text size="sm">held</Text>
          </>
        )}
      </Group>
    </Tooltip>
  );
};
