import { Card, Group, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ActButton } from '../act/act';
import { DeleteAct } from '../act/delete-act';
import { FormAct } from '../act/form-act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import type { Node } from '../api/types';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';

type Group_ = components['schemas']['Group'];
type Report = components['schemas']['MachineReport'];

const CHANGES = ['nodes', 'node_roles', 'anneal', 'deployments'];

/** What is seldom done with a node: change what is known of it, take it aside, take it out of service; its groups and parts. */
export const Manage = ({ node }: { readonly node: Node }) => {
  const navigate = useNavigate();
  const path = { key: node.id };
  const gone = (): void => void navigate({ to: '/nodes' });
  return (
    <Stack>
      <Card withBorder>
        <Group gap="xs">
          <FormAct
            label="Change…"
            title={`Change ${node.name}`}
            verb="patch"
            path="/api/v2/nodes/{key}"
            value={node as never}
            changes={CHANGES}
            callOf={(body) =>
              call('patch', '/api/v2/nodes/{key}', { path, body: body as never, version: node.version })
            }
          />
          <ActButton
            act={{
              label: 'Take aside',
              call: call('put', '/api/v2/nodes/{key}/debug', { path, body: { on: true } }),
              command: `anneal nodes debug ${node.name}`,
              changes: CHANGES,
              done: `${node.name} is taken aside, to be looked at`,
            }}
          />
          <ActButton
            act={{
              label: 'Put back',
              call: call('put', '/api/v2/nodes/{key}/debug', { path, body: { on: false } }),
              changes: CHANGES,
              done: `${node.name} is put back`,
            }}
          />
          <DeleteAct
            act={{
              label: 'Discover afresh',
              call: call('put', '/api/v2/nodes/{key}/scrub', { path }),
              command: `anneal nodes scrub ${node.name}`,
              changes: CHANGES,
              done: `what was found out about ${node.name} is forgotten`,
            }}
            name={node.name}
            destroys={[]}
            says="What was found out about it is forgotten, and it is asked again when it boots."
          />
          <DeleteAct
            act={{
              label: 'Decommission',
              call: call('put', '/api/v2/nodes/{key}/decommission', {
                path,
                body: { confirm: node.name, erase: true },
              }),
              command: `anneal nodes decommission ${node.name}`,
              changes: CHANGES,
              done: `${node.name} is taken out of service`,
            }}
            name={node.name}
            destroys={[`all that is on the disks of ${node.name}`]}
            says="Its disks are erased, then it belongs to nobody."
          />
          <DeleteAct
            act={{
              label: 'Delete',
              call: call('delete', '/api/v2/nodes/{key}', { path, version: node.version }),
              command: `anneal nodes delete ${node.name}`,
              changes: CHANGES,
              done: `${node.name} is deleted`,
            }}
            name={node.name}
            destroys={[`${node.name} with its noderoles, addresses and names`]}
            says="The machine itself is left as it is."
            onDone={gone}
          />
        </Group>
      </Card>
      <Groups node={node} />
      <Reports node={node} />
    </Stack>
  );
};

const Groups = ({ node }: { readonly node: Node }) => {
  const groups = useQuery(reading(call('get', '/api/v2/groups')));
  return (
    <Card withBorder>
      <Text component="h2" fw={600} mb="xs">
        Groups
      </Text>
      <Loaded of={groups}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              There is no group yet: make racks, switches and power feeds under Settings.
            </Text>
          ) : (
            <Group gap="xs">
              {(items as Group_[]).map(({ id, category, name }) => {
                const path = { key: id, node: node.id };
                const label = `${category}/${name}`;
                return node.groups.includes(label) ? (
                  <ActButton
                    key={id}
                    size="compact-xs"
                    variant="filled"
                    act={{
                      label: `Leave ${label}`,
                      call: call('delete', '/api/v2/groups/{key}/nodes/{node}', { path }),
                      changes: ['nodes', 'groups'],
                    }}
                  />
                ) : (
                  <ActButton
                    key={id}
                    size="compact-xs"
                    act={{
                      label: `Join ${label}`,
                      call: call('put', '/api/v2/groups/{key}/nodes/{node}', { path }),
                      changes: ['nodes', 'groups'],
                    }}
                  />
                );
              })}
            </Group>
          )
        }
      </Loaded>
    </Card>
  );
};

const Reports = ({ node }: { readonly node: Node }) => {
  const path = { key: node.id };
  const reports = useQuery(reading(call('get', '/api/v2/nodes/{key}/reports', { path })));
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Text component="h2" fw={600}>
          Parts that fail
        </Text>
        <FormAct
          label="Report…"
          title={`Report a part of ${node.name}`}
          verb="post"
          path="/api/v2/nodes/{key}/reports"
          changes={['nodes']}
          callOf={(body) => call('post', '/api/v2/nodes/{key}/reports', { path, body: body as never })}
        />
      </Group>
      <Loaded of={reports}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nobody has reported one.
            </Text>
          ) : (
            <Table aria-label="Reports of parts">
              <Table.Tbody>
                {(items as Report[]).map(({ id, part, subject, says, last_at: at, resolved_at: well }) => (
                  <Table.Tr key={id}>
                    <Table.Td>
                      {part} {subject}
                    </Table.Td>
                    <Table.Td>{says}</Table.Td>
                    <Table.Td>
                      <Since at={at} />
                    </Table.Td>
                    <Table.Td>{well ? 'well again' : 'open'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
    </Card>
  );
};
