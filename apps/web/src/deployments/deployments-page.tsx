import { Anchor, Button, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useAct } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Deployment } from '../api/types';
import { useLive } from '../live/live';
import { useMayAct } from '../session/session';
import { Loaded, Page } from '../shell/page';
import { STATE_ORDER, STATES } from '../state/states';
import { StateIcon } from '../state/state-badge';
import { DeploymentState } from './deployment-state';
import { treeOf } from './tree';

/** All deployments as the tree that they are. */
export const DeploymentsPage = () => {
  const query = useQuery(reading(call('get', '/api/v2/deployments', { query: { limit: '1000' } })));
  const [opened, { open, close }] = useDisclosure();
  const refusal = useMayAct();
  useLive({ kind: 'deployment.*,node_role.*' }, ['deployments']);
  return (
    <Page
      title="Deployments"
      acts={
        <Button size="xs" onClick={open} disabled={refusal !== null} title={refusal ?? undefined}>
          New deployment
        </Button>
      }
    >
      <Loaded of={query}>
        {({ items }) => (
          <>
            <Table highlightOnHover aria-label="Deployments">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Deployment</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Nodes</Table.Th>
                  <Table.Th>Noderoles</Table.Th>
                  <Table.Th>Commits</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {treeOf(items as Deployment[]).map(({ deployment, depth }) => (
                  <DeploymentRow key={deployment.id} deployment={deployment} depth={depth} />
                ))}
              </Table.Tbody>
            </Table>
            <NewDeployment opened={opened} onClose={close} parents={items as Deployment[]} />
          </>
        )}
      </Loaded>
    </Page>
  );
};

const DeploymentRow = ({ deployment, depth }: { readonly deployment: Deployment; readonly depth: number }) => (
  <Table.Tr>
    <Table.Td style={{ paddingLeft: `${0.6 + depth * 1.4}rem` }}>
      <Anchor component={Link} to={`/deployments/${deployment.name}`} size="sm">
        {deployment.name}
      </Anchor>
      <Text size="xs" c="dimmed">
        {deployment.description}
      </Text>
    </Table.Td>
    <Table.Td>
      <DeploymentState of={deployment} />
    </Table.Td>
    <Table.Td>{deployment.nodes}</Table.Td>
    <Table.Td>
      <Group gap="xs">
        {STATE_ORDER.filter((state) => deployment.node_roles[state] > 0).map((state) => (
          <Group key={state} gap={4} wrap="nowrap">
            <StateIcon state={state} />
            <Text size="xs">
              {deployment.node_roles[state]} {STATES[state].word}
            </Text>
          </Group>
        ))}
      </Group>
    </Table.Td>
    <Table.Td>{deployment.snapshot}</Table.Td>
  </Table.Tr>
);

const NewDeployment = (props: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly parents: readonly Deployment[];
}) => {
  const { opened, onClose, parents } = props;
  const navigate = useNavigate();
  const form = useForm({ initialValues: { name: '', description: '', parent: '' } });
  const make = useAct<Deployment>(({ name }) => void navigate({ to: `/deployments/${name}` }));
  return (
    <Modal opened={opened} onClose={onClose} title="New deployment">
      <form
        onSubmit={form.onSubmit(({ name, description, parent }) =>
          make.mutate({
            label: 'New deployment',
            call: call('post', '/api/v2/deployments', {
              body: { name, description, ...(parent ? { parent } : {}) },
            }) as never,
            changes: ['deployments'],
          }),
        )}
      >
        <Stack>
          <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          <TextInput label="Description" {...form.getInputProps('description')} />
          <Select
            label="Inside of"
            description="What it does not find at its own place it takes from there."
            data={parents.map(({ name }) => name)}
            searchable
            clearable
            {...form.getInputProps('parent')}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={make.isPending}>
              Make it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
