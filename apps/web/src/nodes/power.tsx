import { Alert, Card, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { ProblemError } from '../api/problem';
import { reading } from '../api/query';
import type { Node } from '../api/types';
import { BodyForm } from '../resource/resource-list';
import { PlainFacts } from '../shell/facts';
import { Loaded } from '../shell/page';

/** How often the power is asked for, in milliseconds: a BMC takes its time. */
const PERIOD_MS = 15_000;

/** Whether a machine is on, what can be done about it and by which way, and how its BMC is reached. */
export const Power = ({ node }: { readonly node: Node }) => {
  const query = useQuery({
    ...reading(call('get', '/api/v2/nodes/{key}/power', { path: { key: node.id } })),
    refetchInterval: PERIOD_MS,
  });
  return (
    <Stack>
      <Loaded of={query}>
        {({ state, method, reason, actions }) => (
          <Card withBorder>
            <Stack gap="sm">
              <Text>
                {state === 'unknown' ? 'Nobody knows whether it is on' : `It is ${state}`}, by {method}.
              </Text>
              {reason ? <Text size="sm">{reason}</Text> : null}
              <Group gap="xs">
                {actions.map(({ action, method: way }) => (
                  <ActButton
                    key={action}
                    color={action === 'off' || action === 'cycle' || action === 'reset' ? 'red' : undefined}
                    act={{
                      label: `${action}${way === method ? '' : ` (${way})`}`,
                      call: call('put', '/api/v2/nodes/{key}/power', {
                        path: { key: node.id },
                        body: { action } as never,
                      }),
                      command: `anneal nodes power ${node.name} ${action}`,
                      changes: ['nodes'],
                      done: `${node.name}: ${action}`,
                    }}
                  />
                ))}
              </Group>
            </Stack>
          </Card>
        )}
      </Loaded>
      <Bmc node={node} />
    </Stack>
  );
};

const Bmc = ({ node }: { readonly node: Node }) => {
  const query = useQuery({
    ...reading(call('get', '/api/v2/nodes/{key}/bmc', { path: { key: node.id } })),
    retry: false,
  });
  const isUnknown = query.error instanceof ProblemError && query.error.status === 404;
  return (
    <Card withBorder>
      <Stack>
        <Text component="h2" fw={600}>
          BMC
        </Text>
        {query.data ? <PlainFacts of={query.data as never} /> : null}
        {isUnknown ? <Alert color="blue">Nobody has said how its BMC is reached.</Alert> : null}
        {query.data ? (
          <Group>
            <ActButton
              color="red"
              act={{
                label: 'Forget its BMC',
                call: call('delete', '/api/v2/nodes/{key}/bmc', { path: { key: node.id } }),
                command: `anneal nodes bmc ${node.name} --forget`,
                changes: ['nodes'],
                done: `how the BMC of ${node.name} is reached is forgotten`,
              }}
            />
          </Group>
        ) : null}
        <BodyForm
          verb="put"
          path="/api/v2/nodes/{key}/bmc"
          label={`BMC of ${node.name}`}
          submitLabel="Say how it is reached"
          {...(query.data ? { value: query.data as never } : {})}
          changes={['nodes']}
          callOf={(body) => call('put', '/api/v2/nodes/{key}/bmc', { path: { key: node.id }, body: body as never })}
          onDone={() => undefined}
        />
      </Stack>
    </Card>
  );
};
