import { Anchor, Progress, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { ActButton } from '../act/act';
import { FormAct } from '../act/form-act';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import type { components } from '../api/schema.gen';
import { useLive } from '../live/live';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';

type Install = components['schemas']['Install'];

/** Phases in which an install can still be cancelled. */
const OPEN: readonly string[] = ['planned', 'armed', 'rebooting', 'installing', 'installed'];

const COLUMNS: readonly Column<Install>[] = [
  {
    id: 'node',
    label: 'Node',
    width: 2,
    cell: ({ node, node_role_id: nodeRole }) => (
      <Anchor component={Link} to={`/node-roles/${nodeRole}`} size="sm">
        {node}
      </Anchor>
    ),
  },
  { id: 'image', label: 'Image', cell: ({ image }) => image },
  { id: 'phase', label: 'Phase', cell: ({ phase }) => phase },
  {
    id: 'step',
    label: 'Step',
    width: 2,
    cell: ({ step, percent, says }) =>
      percent === null ? (
        <Text size="sm">{says || step}</Text>
      ) : (
        <Progress.Root size={18} aria-label={`${step}: ${percent} %`}>
          <Progress.Section value={percent} aria-label={`${percent} %`}>
            <Progress.Label>{`${step} ${percent} %`}</Progress.Label>
          </Progress.Section>
        </Progress.Root>
      ),
  },
  { id: 'since', label: 'Since', cell: ({ phase_since: since }) => <Since at={since} /> },
  { id: 'deadline', label: 'Until', cell: ({ deadline_at: at }) => <Since at={at} /> },
  { id: 'reason', label: 'Why it ended', width: 2, cell: ({ reason }) => <span title={reason}>{reason}</span> },
  {
    id: 'do',
    label: 'Do',
    width: 1.3,
    cell: ({ id, node, phase }) =>
      OPEN.includes(phase) ? (
        <ActButton
          size="compact-xs"
          act={{
            label: 'Cancel',
            call: call('put', '/api/v2/installs/{key}/cancel', { path: { key: id } }),
            command: `anneal installs cancel ${id}`,
            changes: ['installs', 'node_roles', 'nodes'],
            done: `the install of ${node} is cancelled`,
          }}
        />
      ) : (
        <FormAct
          label="Again…"
          title={`Install ${node} again`}
          size="compact-xs"
          color="red"
          verb="put"
          path="/api/v2/installs/{key}/retry"
          changes={['installs', 'node_roles', 'nodes']}
          callOf={(body) => call('put', '/api/v2/installs/{key}/retry', { path: { key: id }, body: body as never })}
        />
      ),
  },
];

/** Installs with their phases, the newest first; of all nodes, or of one. */
export const InstallList = ({ node }: { readonly node?: string }) => {
  const query = usePages<Install>(
    call('get', '/api/v2/installs', { query: node ? { filter: `node_id eq ${node}` } : {} }),
  );
  useLive({ kind: 'install.*', ...(node ? { node } : {}) }, ['installs']);
  return (
    <Rows
      of={query}
      columns={COLUMNS}
      idOf={({ id }: Install) => id}
      label="Installs"
      empty="Nothing has been installed yet: bind provisioner-os-install to a node and commit."
    />
  );
};
