import { Card, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ActButton, useAct } from '../act/act';
import { ConfirmModal } from '../act/confirm-modal';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Node } from '../api/types';
import { useLive } from '../live/live';
import { CommitAct } from '../node-roles/commit-act';
import { NodeRoleTable } from '../node-roles/node-role-table';
import { Facts } from '../shell/facts';
import { Loaded, Page } from '../shell/page';
import { Since } from '../shell/since';
import { Tabbed } from '../shell/tabbed';
import { FoldedExplanationView } from '../state/folded-explanation';
import { StateBadge } from '../state/state-badge';
import { commit, propose, redeploy, setAvailable } from './acts';
import { Attribs } from '../attribs/attribs';
import { InstallList } from '../installs/install-list';
import { Alive } from './alive';
import { BootDecision } from './boot-decision';
import { CardsPicture } from './cards-picture';
import { Hardware } from './hardware';
import { Manage } from './manage';
import { NodeEvents } from './node-events';
import { NodeLogs } from './node-logs';
import { Packets } from './packets';
import { Power } from './power';
import { Storage } from './storage';
import { Timeline } from '../timeline/timeline';

/** One machine: what runs on it and why not, how it is reached, what it is, what it boots, what happened to it. */
export const NodePage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const query = useQuery(reading(call('get', '/api/v2/nodes/{key}', { path: { key } })));
  const { data } = query;
  useLive(data ? { node: data.id } : { kind: 'node.*' }, ['nodes', 'node_roles']);
  return (
    <Page
      title={data?.name ?? 'Node'}
      badge={
        data ? (
          <>
            <StateBadge state={data.state} />
            <Alive node={data} />
          </>
        ) : null
      }
      acts={
        data && !data.system ? (
          <>
            <CommitAct act={commit(data)} name={data.name} node={data.name} condition={`node_id eq ${data.id}`} />
            <ActButton act={propose(data)} />
            <ActButton act={setAvailable(data, !data.available)} />
            <RedeployButton node={data} />
          </>
        ) : null
      }
    >
      <Loaded of={query}>
        {(node) => (
          <Stack>
            <Summary node={node} />
            <Tabbed
              tabs={[
                {
                  value: 'roles',
                  label: 'Roles',
                  view: () => (
                    <NodeRoleTable filter={`node_id eq ${node.id}`} empty="Nothing is bound to this node yet." />
                  ),
                },
                {
                  value: 'why',
                  label: 'Why is it not done?',
                  view: () => (
                    <FoldedExplanationView
                      of={call('get', '/api/v2/nodes/{key}/explain', { path: { key: node.id } })}
                    />
                  ),
                },
                {
                  value: 'network',
                  label: 'Network',
                  view: () => (
                    <Stack>
                      <CardsPicture node={node} />
                      <Addresses node={node} />
                    </Stack>
                  ),
                },
                { value: 'storage', label: 'Storage', view: () => <Storage node={node} /> },
                { value: 'hardware', label: 'Hardware', view: () => <Hardware node={node} /> },
                {
                  value: 'boot',
                  label: 'Boot',
                  view: () => (
                    <Stack>
                      <BootDecision node={node} />
                      <Packets node={node} />
                    </Stack>
                  ),
                },
                { value: 'power', label: 'Power', view: () => <Power node={node} /> },
                { value: 'events', label: 'Events', view: () => <NodeEvents node={node} /> },
                { value: 'logs', label: 'Logs', view: () => <NodeLogs node={node} /> },
                { value: 'installs', label: 'Installs', view: () => <InstallList node={node.id} /> },
                {
                  value: 'attribs',
                  label: 'Attributes',
                  view: () => <Attribs holder="nodes" id={node.id} name={`node/${node.name}`} />,
                },
                { value: 'manage', label: 'Manage', view: () => <Manage node={node} /> },
                {
                  value: 'timeline',
                  label: 'Timeline',
                  view: () => (
                    <Timeline
                      of={(before) =>
                        call('get', '/api/v2/nodes/{key}/timeline', {
                          path: { key: node.id },
                          query: { before, limit: '500' },
                        })
                      }
                    />
                  ),
                },
              ]}
            />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
};

const Summary = ({ node }: { readonly node: Node }) => (
  <SimpleGrid cols={{ base: 1, sm: 2 }}>
    <Card withBorder>
      <Facts
        facts={[
          ['Deployment', node.deployment],
          ['Boots', node.bootenv],
          ['Address', node.address ?? '—'],
          ['Hardware addresses', node.macs.join(', ') || '—'],
        ]}
      />
    </Card>
    <Card withBorder>
      <Facts
        facts={[
          ['Groups', node.groups.join(', ') || '—'],
          ['Quirks', node.quirks.join(', ') || '—'],
          ['Last look', node.probed_at ? <Since key="probed" at={node.probed_at} /> : '—'],
          ['What it said', node.probe_says || '—'],
        ]}
      />
    </Card>
  </SimpleGrid>
);

const Addresses = ({ node }: { readonly node: Node }) => {
  const query = useQuery(reading(call('get', '/api/v2/nodes/{key}/addresses', { path: { key: node.id } })));
  return (
    <Loaded of={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed">It has no address yet: bind it to a network.</Text>
        ) : (
          <Table aria-label="Addresses">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Network</Table.Th>
                <Table.Th>Range</Table.Th>
                <Table.Th>Address</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ id, network, range, address }) => (
                <Table.Tr key={id}>
                  <Table.Td>{network}</Table.Td>
                  <Table.Td>{range}</Table.Td>
                  <Table.Td>{address}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )
      }
    </Loaded>
  );
};

const RedeployButton = ({ node }: { readonly node: Node }) => {
  const [opened, { open, close }] = useDisclosure();
  const doing = useAct(close);
  return (
    <>
      <ActButton act={redeploy(node)} color="red" onClick={open} />
      <ConfirmModal
        opened={opened}
        onClose={close}
        onConfirm={() => doing.mutate(redeploy(node, node.name))}
        title={`Redeploy ${node.name}`}
        name={node.name}
        destroys={[`everything that was done on ${node.name}`]}
        confirmLabel="Redeploy"
        busy={doing.isPending}
      >
        <Text size="sm">
          All its noderoles forget that they ran, and run again; what they install is installed anew.
        </Text>
      </ConfirmModal>
    </>
  );
};
