import { Stack, Title } from '@mantine/core';
import type { Node } from '../api/types';
import { InstallList } from '../installs/install-list';
import { RunsOn } from '../runs/runs';
import { Packets } from './packets';

/** What a node said and was asked: its runs, each with its log; its installs with what they reported; its last packets. */
export const NodeLogs = ({ node }: { readonly node: Node }) => (
  <Stack>
    <Title order={2} size="h4">
      Runs
    </Title>
    <RunsOn node={node.id} />
    <Title order={2} size="h4">
      Installs
    </Title>
    <InstallList node={node.id} />
    <Title order={2} size="h4">
      On the wire
    </Title>
    <Packets node={node} />
  </Stack>
);
