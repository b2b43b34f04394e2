import { Anchor, Group, Stack, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import type { NodeRole } from '../api/types';
import { useAsked } from '../ask/use-asked';
import { useTyping } from '../ask/use-typing';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';
import { StateBadge } from '../state/state-badge';
import { conditionsOf } from './conditions-of';
import { LikelyAct } from './likely-act';

export interface NodeRoleTableProps {
  /** A filter of the API: `state eq error and node eq "web-1"`. */
  readonly filter: string;
  readonly sort?: string;
  readonly empty: string;
  readonly height?: number;
  /** Whether there can be so many that one looks for some of them. */
  readonly filterable?: boolean;
}

const COLUMNS: readonly Column<NodeRole>[] = [
  {
    id: 'name',
    label: 'Role on node',
    width: 2.8,
    cell: ({ id, name }) => (
      <Anchor component={Link} to={`/node-roles/${id}`} size="sm">
        {name}
      </Anchor>
    ),
  },
  { id: 'deployment', label: 'Deployment', width: 1.2, sort: 'deployment', cell: ({ deployment }) => deployment },
  { id: 'state', label: 'State', width: 1.5, sort: 'state_code', cell: ({ state }) => <StateBadge state={state} /> },
  { id: 'since', label: 'Since', sort: 'state_since', cell: ({ state_since: since }) => <Since at={since} /> },
  { id: 'status', label: 'Last outcome', width: 2.8, cell: ({ status }) => <span title={status}>{status}</span> },
  {
    id: 'act',
    label: 'Do',
    width: 1.2,
    cell: (nodeRole) => (
      <Group>
        <LikelyAct nodeRole={nodeRole} size="compact-xs" />
      </Group>
    ),
  },
];

/** Noderoles as rows, wherever some are listed. */
export const NodeRoleTable = (props: NodeRoleTableProps) => {
  const { filter, sort: first = 'cohort', empty, height, filterable = false } = props;
  const [{ sort, like }, ask] = useAsked({ sort: first, like: '' });
  const [typed, field] = useTyping(like, (text) => ask({ like: text }));
  const wanted = [filter, conditionsOf(typed)].filter((each) => each !== '').join(' and ');
  const query = usePages<NodeRole>(call('get', '/api/v2/node_roles', { query: { filter: wanted, sort } }), {
    isSearch: filterable,
  });
  const rows = (
    <Rows
      of={query}
      columns={COLUMNS}
      idOf={({ id }) => id}
      label="Noderoles"
      empty={typed.trim() === '' ? empty : 'No noderole is like that.'}
      sort={sort}
      onSort={(to) => ask({ sort: to })}
      {...(height === undefined ? {} : { height })}
    />
  );
  return filterable ? (
    <Stack gap="sm">
      <TextInput
        label="Filter"
        description="Part of a node’s name, of both as role@node, or conditions: role eq dns-server and failures gt 0"
        error={query.isError ? query.error.message : null}
        {...field}
      />
      {rows}
    </Stack>
  ) : (
    rows
  );
};
