import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ActButton } from '../act/act';
import { FormAct } from '../act/form-act';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useAsked } from '../ask/use-asked';
import type { components } from '../api/schema.gen';
import type { Deployment } from '../api/types';
import { Attribs } from '../attribs/attribs';
import { Loaded } from '../shell/page';

type DeploymentRole = components['schemas']['DeploymentRole'];

const CHANGES = ['deployment_roles', 'deployments', 'node_roles'];

/** What a deployment wishes for each of its roles: values that hold for all its nodes. */
export const DeploymentRoles = ({ deployment }: { readonly deployment: Deployment }) => {
  const query = useQuery(
    reading(
      call('get', '/api/v2/deployment_roles', {
        query: { filter: `deployment_id eq ${deployment.id}`, limit: '1000' },
      }),
    ),
  );
  const [{ role: opened }, ask] = useAsked({ role: '' });
  return (
    <Loaded of={query}>
      {({ items }) => (
        <Stack>
          <Group>
            <FormAct
              label="Add a role…"
              title={`Add a role to ${deployment.name}`}
              verb="post"
              path="/api/v2/deployment_roles"
              value={{ deployment: deployment.name }}
              changes={CHANGES}
              callOf={(body) =>
                call('post', '/api/v2/deployment_roles', { body: { ...body, deployment: deployment.id } as never })
              }
            />
          </Group>
          {items.length === 0 ? <Text c="dimmed">No role is in this deployment yet.</Text> : null}
          <Table aria-label="Roles of the deployment">
            <Table.Tbody>
              {(items as DeploymentRole[]).map((each) => (
                <Table.Tr key={each.id}>
                  <Table.Td>{each.role}</Table.Td>
                  <Table.Td>
                    <Group gap="xs" justify="flex-end">
                      <Button
                        size="compact-xs"
                        variant="light"
                        onClick={() => ask({ role: each.role }, { isStep: true })}
                      >
                        Attributes of {each.role}
                      </Button>
                      <FormAct
                        label="Data…"
                        title={`Data of ${each.role} in ${deployment.name}`}
                        size="compact-xs"
                        verb="patch"
                        path="/api/v2/deployment_roles/{key}"
                        value={each as never}
                        changes={CHANGES}
                        callOf={(body) =>
                          call('patch', '/api/v2/deployment_roles/{key}', {
                            path: { key: each.id },
                            body: body as never,
                            version: each.version,
                          })
                        }
                      />
                      <ActButton
                        size="compact-xs"
                        color="red"
                        act={{
                          label: 'Take out',
                          call: call('delete', '/api/v2/deployment_roles/{key}', {
                            path: { key: each.id },
                            version: each.version,
                          }),
                          command: `anneal deployment-roles delete ${each.role}@${deployment.name}`,
                          changes: CHANGES,
                          done: `${each.role} is no longer in ${deployment.name}`,
                        }}
                      />
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {(items as DeploymentRole[])
            .filter(({ role }) => role === opened)
            .map((shown) => (
              <section key={shown.id} aria-label={`Attributes of ${shown.role}`}>
                <Text fw={600}>{shown.role}</Text>
                <Attribs holder="deployment_roles" id={shown.id} name={`${shown.role}@${deployment.name}`} />
              </section>
            ))}
        </Stack>
      )}
    </Loaded>
  );
};
