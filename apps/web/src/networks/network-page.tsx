import { Alert, Card, List, Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { DeleteAct } from '../act/delete-act';
import { FormAct } from '../act/form-act';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useLive } from '../live/live';
import { BodyForm, ResourceList } from '../resource/resource-list';
import { Loaded, Page } from '../shell/page';
import { allocationsOf, rangesOf, routersOf } from './resources';
import { SubnetBar } from './subnet-bar';

/** One network: how its addresses are divided, who has which, and how it is configured. */
export const NetworkPage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const navigate = useNavigate();
  const network = useQuery(reading(call('get', '/api/v2/networks/{key}', { path: { key } })));
  const plan = useQuery(reading(call('get', '/api/v2/networks/{key}/plan', { path: { key } })));
  useLive({ kind: 'network.*,allocation.*' }, ['networks', 'network_allocations', 'network_ranges']);
  return (
    <Page
      title={network.data?.name ?? 'Network'}
      acts={
        network.data ? (
          <>
            <FormAct
              label="Give an address…"
              title={`Give an address of ${network.data.name}`}
              verb="post"
              path="/api/v2/networks/{key}/allocate"
              changes={['networks', 'network_allocations', 'nodes']}
              callOf={(body) => call('post', '/api/v2/networks/{key}/allocate', { path: { key }, body: body as never })}
            />
            <DeleteAct
              act={{
                label: 'Delete',
                call: call('delete', '/api/v2/networks/{key}', { path: { key }, version: network.data.version }),
                command: `anneal networks delete ${network.data.name}`,
                changes: ['networks'],
                done: `${network.data.name} is deleted`,
              }}
              name={network.data.name}
              destroys={[]}
              says="Its ranges and routers go with it; a network that nodes are on stays."
              onDone={() => void navigate({ to: '/networks' })}
            />
          </>
        ) : null
      }
    >
      <Loaded of={network}>
        {(detail) => (
          <Stack>
            <Loaded of={plan}>
              {({ subnets, conflicts }) => (
                <>
                  {conflicts.length > 0 ? (
                    <Alert color="red" title="This does not fit together">
                      <List size="sm">
                        {conflicts.map(({ detail: sentence }) => (
                          <List.Item key={sentence}>{sentence}</List.Item>
                        ))}
                      </List>
                    </Alert>
                  ) : null}
                  {subnets.map((subnet) => (
                    <SubnetBar key={subnet.subnet} subnet={subnet} />
                  ))}
                </>
              )}
            </Loaded>
            <Tabs defaultValue="allocations" keepMounted={false}>
              <Tabs.List>
                <Tabs.Tab value="allocations">Addresses</Tabs.Tab>
                <Tabs.Tab value="ranges">Ranges</Tabs.Tab>
                <Tabs.Tab value="routers">Routers</Tabs.Tab>
                <Tabs.Tab value="settings">Settings</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="allocations" pt="md">
                <ResourceList of={allocationsOf(detail.name)} />
              </Tabs.Panel>
              <Tabs.Panel value="ranges" pt="md">
                <ResourceList of={rangesOf(detail.name)} />
              </Tabs.Panel>
              <Tabs.Panel value="routers" pt="md">
                <ResourceList of={routersOf(detail.name)} />
              </Tabs.Panel>
              <Tabs.Panel value="settings" pt="md">
                <Card withBorder>
                  <BodyForm
                    verb="patch"
                    path="/api/v2/networks/{key}"
                    label={`Change ${detail.name}`}
                    submitLabel="Change it"
                    value={detail as never}
                    changes={['networks']}
                    callOf={(body) =>
                      call('patch', '/api/v2/networks/{key}', {
                        path: { key: detail.id },
                        body: body as never,
                        version: detail.version,
                      })
                    }
                    onDone={() => undefined}
                  />
                </Card>
              </Tabs.Panel>
            </Tabs>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
};
