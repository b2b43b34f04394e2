import { Anchor, Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
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
import { ChooseMatching } from './choose-matching';
import classes from './nodes-page.module.css';

/** How long one has typed nothing before the address says what is looked for, in milliseconds. The list is asked at once. */
const TYPING_MS = 300;
/** Nodes that are read at once: some more than fit on the screen, so that a search is answered soon. */
const PAGE = '60';
/** Beside the fields of the table nothing of a node is read: inventories are large. */
const FIELDS = 'id,name,deployment,alive,available,admin,system,frozen,bootenv,address,state,groups,version,probe_says';

/** All machines, by a filter that the server understands. */
export const NodesPage = () => {
  const { filter = '', sort = 'name', all = false } = useSearch({ strict: false }) as Shown;
  const navigate = useNavigate();
  const show = (more: Shown): void =>
    void navigate({ to: '/nodes', search: { filter: text, sort, all, ...more } as never, replace: true });
  const [text, setText] = useState(filter);
  const showTyped = useDebouncedCallback(() => show({}), TYPING_MS);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const query = usePages<Node>(
    call('get', '/api/v2/nodes', { query: { filter: filterOf(text, all), sort, fields: FIELDS, limit: PAGE } }),
    { isSearch: true },
  );
  useLive({ kind: 'node.*' }, ['nodes']);
  const columns = useMemo<readonly Column<Node>[]>(
    () => [
      {
        id: 'chosen',
        label: '',
        width: 0.4,
        cell: (node) => (
          <input
            type="checkbox"
            className={classes['choice']}
            aria-label={`Choose ${node.name}`}
            checked={chosen.has(node.id)}
            onChange={() =>
              setChosen((before) => {
                const after = new Set(before);
                if (!after.delete(node.id)) after.add(node.id);
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
      { id: 'state', label: 'State', width: 1.5, cell: ({ state }) => <StateBadge state={state} /> },
      { id: 'alive', label: 'Life', width: 1.2, cell: (node) => <Alive node={node} /> },
      { id: 'deployment', label: 'Deployment', width: 1.2, sort: 'deployment', cell: ({ deployment }) => deployment },
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
            showTyped();
          }}
        />
        <Group gap="sm" mih={34} justify="space-between">
          <Group gap="sm">
            <Text size="sm" role="status">
              {chosen.size === 0 ? 'Choose nodes to do something with all of them.' : `${chosen.size} chosen`}
            </Text>
            <ChooseMatching filter={filterOf(text, all)} sort={sort} onChosen={(ids) => setChosen(new Set(ids))} />
            {chosen.size > 0 ? (
              <>
                <BulkActs ids={[...chosen]} onDone={() => setChosen(new Set())} />
                <Button size="xs" variant="subtle" onClick={() => setChosen(new Set())}>
                  Choose none
                </Button>
              </>
            ) : null}
          </Group>
          <Switch
            label="Those that stand in for deployments, too"
            checked={all}
            onChange={({ currentTarget }) => show({ all: currentTarget.checked })}
          />
        </Group>
        <Rows
          of={query}
          columns={columns}
          idOf={({ id }: Node) => id}
          label="Nodes"
          empty={
            text === ''
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

interface Shown {
  readonly filter?: string;
  readonly sort?: string;
  /** With the nodes that are no machines: each deployment has one that stands in for it. */
  readonly all?: boolean;
}

/** Whoever types a plain word looks for a name. */
const filterOf = (typed: string, all: boolean): string | undefined => {
  const text = typed.trim();
  const wanted = text === '' || /\s/.test(text) ? text : `name contains ${JSON.stringify(text)}`;
  return [wanted, all ? '' : 'system eq false'].filter((each) => each !== '').join(' and ') || undefined;
};
