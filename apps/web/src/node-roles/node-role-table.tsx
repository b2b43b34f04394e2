import { Anchor, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import type { NodeRole } from '../api/types';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';
import { StateBadge } from '../state/state-badge';
import { likelyAct } from './acts';

export interface NodeRoleTableProps {
  /** A filter of the API: `state eq error and node eq "web-1"`. */
  readonly filter: string;
  readonly sort?: string;
  readonly empty: string;
  readonly height?: number;
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
    cell: (nodeRole) => {
      const act = likelyAct(nodeRole);
      return <Group>{act ? <ActButton act={act} size="compact-xs" /> : null}</Group>;
    },
  },
];

/** Noderoles as rows, wherever some are listed. */
export const NodeRoleTable = ({ filter, sort: first = 'cohort', empty, height }: NodeRoleTableProps) => {
  const [sort, setSort] = useState(first);
  const query = usePages<NodeRole>(call('get', '/api/v2/node_roles', { query: { filter, sort } }));
  return (
    <Rows
      of={query}
      columns={COLUMNS}
      idOf={({ id }) => id}
      label="Noderoles"
      empty={empty}
      sort={sort}
      onSort={setSort}
      {...(height === undefined ? {} : { height })}
    />
  );
};
