import { Group, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActButton } from '../act/act';
import { FormAct } from '../act/form-act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { NodeRole } from '../api/types';
import { Loaded } from '../shell/page';

const CHANGES = ['node_roles', 'nodes', 'deployments', 'anneal'];

/** What is seldom done with a noderole: switch it off, edit its data in one piece, have it stand on another parent. */
export const ManageNodeRole = ({ nodeRole }: { readonly nodeRole: NodeRole }) => {
  const path = { key: nodeRole.id };
  const parents = useQuery(reading(call('get', '/api/v2/node_roles/{key}/parents', { path })));
  const [parent, setParent] = useState<string | null>(null);
  return (
    <Stack maw={700}>
      <Group>
        <FormAct
          label="Change…"
          title={`Change ${nodeRole.name}`}
          verb="patch"
          path="/api/v2/node_roles/{key}"
          value={nodeRole as never}
          changes={CHANGES}
          callOf={(body) =>
            call('patch', '/api/v2/node_roles/{key}', { path, body: body as never, version: nodeRole.version })
          }
        />
      </Group>
      <Text size="sm">
        Another parent than the one that binding chose, where several nodes have the role that it needs:
      </Text>
      <Loaded of={parents}>
        {({ items }) => (
          <Group align="end">
            <Select
              label="Instead of"
              data={items.flatMap(({ node_role: each }) => (each ? [{ value: each.id, label: each.name }] : []))}
              value={parent}
              onChange={setParent}
            />
            {parent ? (
              <FormAct
                label="Stand on another…"
                title={`Another parent for ${nodeRole.name}`}
                verb="put"
                path="/api/v2/node_roles/{key}/parents/{parent}"
                changes={CHANGES}
                callOf={(body) =>
                  call('put', '/api/v2/node_roles/{key}/parents/{parent}', {
                    path: { ...path, parent },
                    body: body as never,
                  })
                }
              />
            ) : null}
          </Group>
        )}
      </Loaded>
      {nodeRole.run_id ? (
        <Group>
          <ActButton
            color="red"
            act={{
              label: 'Cancel its run',
              call: call('put', '/api/v2/runs/{key}/cancel', { path: { key: nodeRole.run_id } }),
              command: `anneal node-roles cancel ${nodeRole.name}`,
              changes: CHANGES,
              done: 'the run is being cancelled',
            }}
          />
        </Group>
      ) : null}
    </Stack>
  );
};
