import { Alert, Card, List, Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useLive } from '../live/live';
import { BodyForm, ResourceList } from '../resource/resource-list';
import { Loaded, Page } from '../shell/page';
import { allocationsOf, rangesOf } from './resources';
import { SubnetBar } from './subnet-bar';

/** One network: how its addresses are divided, who has which, and how it is configured. */
export const NetworkPage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const network = useQuery(reading(call('get', '/api/v2/networks/{key}', { path: { key } })));
  const plan = useQuery(reading(call('get', '/api/v2/networks/{key}/plan', { path: { key } })));
  useLive({ kind: 'network.*,allocation.*' }, ['networks', 'network_allocations', 'network_ranges']);
  return (
    <Page title={network.data?.name ?? 'Network'}>
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
                <Tabs.Tab value="settings">Settings</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="allocations" pt="md">
                <ResourceList of={allocationsOf(detail.name)} />
              </Tabs.Panel>
              <Tabs.Panel value="ranges" pt="md">
                <ResourceList of={rangesOf(detail.name)} />
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
