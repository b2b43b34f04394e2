import { Anchor, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { FormAct } from '../act/form-act';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import type { Node } from '../api/types';
import { useLive } from '../live/live';
import { Page } from '../shell/page';
import { Rows, type Column } from '../shell/rows';
import { StateBadge } from '../state/state-badge';
import { Alive } from './alive';
import { BulkActs } from './bulk-acts';

/** How long one may go on typing before the list is asked for, in milliseconds. */
const TYPING_MS = 40;
/** Beside the fields of the table nothing of a node is read: inventories are large. */
const FIELDS = 'id,name,deployment,alive,available,admin,system,frozen,bootenv,address,state,groups,version,probe_says';

/** All machines, by a filter that the server understands. */
export const NodesPage = () => {
  const { filter = '', sort = 'name' } = useSearch({ strict: false }) as { filter?: string; sort?: string };
  const navigate = useNavigate();
  const show = (more: { filter?: string; sort?: string }): void =>
    void navigate({ to: '/nodes', search: { filter, sort, ...more } as never, replace: true });
  const [text, setText] = useState(filter);
  const [typed] = useDebouncedValue(text, TYPING_MS);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Node>>(new Map());
  const asked = filterOf(typed);
  const query = usePages<Node>(
    call('get', '/api/v2/nodes', { query: { filter: asked, sort, fields: FIELDS, limit: '200' } }),
  );
  useLive({ kind: 'node.*' }, ['nodes']);
  const columns = useMemo<readonly Column<Node>[]>(
    () => [
      {
        id: 'chosen',
        label: '',
        width: 0.4,
        cell: (node) => (
          <Checkbox
            aria-label={`Choose ${node.name}`}
            checked={chosen.has(node.id)}
            onChange={() =>
              setChosen((before) => {
                const after = new Map(before);
                if (!after.delete(node.id)) after.set(node.id, node);
                return after;
              })
            }
          />
        ),
      },
      {
        id: 'name',
        label: 'Node',
        width: 2.4,
        sort: 'name',
        cell: ({ name }) => (
          <Anchor component={Link} to={`/nodes/${name}`} size="sm">
            {name}
          </Anchor>
        ),
      },
      { id: 'state', label: 'State', width: 1.4, cell: ({ state }) => <StateBadge state={state} /> },
      { id: 'alive', label: 'Life', width: 1.2, cell: (node) => <Alive node={node} /> },
      { id: 'deployment', label: 'Deployment', sort: 'deployment', cell: ({ deployment }) => deployment },
      { id: 'bootenv', label: 'Boots', cell: ({ bootenv }) => bootenv },
      { id: 'address', label: 'Address', width: 1.4, cell: ({ address }) => address ?? '—' },
      { id: 'groups', label: 'Groups', width: 1.4, cell: ({ groups }) => groups.join(', ') },
    ],
    [chosen],
  );
  return (
    <Page
      title="Nodes"
      acts={
        <>
          <FormAct
            label="Add a node…"
            title="Add a node"
            verb="post"
            path="/api/v2/nodes"
            changes={['nodes']}
            callOf={(body) => call('post', '/api/v2/nodes', { body: body as never })}
          />
          <FormAct
            label="Take in a machine…"
            title="Take in a machine that runs already"
            verb="post"
            path="/api/v2/nodes/adopt"
            changes={['nodes']}
            callOf={(body) => call('post', '/api/v2/nodes/adopt', { body: body as never })}
          />
        </>
      }
    >
      <Stack gap="sm">
        <TextInput
          label="Filter"
          description='Part of a name, or conditions: state eq error and name contains "web"'
          value={text}
          error={query.isError ? query.error.message : null}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            show({ filter: currentTarget.value });
          }}
        />
        <Group gap="sm" mih={34}>
          <Text size="sm" role="status">
            {chosen.size === 0 ? 'Choose nodes to do something with all of them.' : `${chosen.size} chosen`}
          </Text>
          {chosen.size > 0 ? (
            <>
              <BulkActs nodes={[...chosen.values()]} onDone={() => setChosen(new Map())} />
              <Button size="xs" variant="subtle" onClick={() => setChosen(new Map())}>
                Choose none
              </Button>
            </>
          ) : null}
        </Group>
        <Rows
          of={query}
          columns={columns}
          idOf={({ id }: Node) => id}
          label="Nodes"
          empty={
            typed === ''
              ? 'There is no node yet: switch a machine on, and it will appear here.'
              : 'No node is like that.'
          }
          sort={sort}
          onSort={(to) => show({ sort: to })}
        />
      </Stack>
    </Page>
  );
};

/** Whoever types a plain word looks for a name. */
const filterOf = (typed: string): string | undefined => {
  const text = typed.trim();
  if (text === '') return undefined;
  return /\s/.test(text) ? text : `name contains ${JSON.stringify(text)}`;
};
