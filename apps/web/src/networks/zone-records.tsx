import { Button, Group, Select, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useAct } from '../act/act';
import { FormAct } from '../act/form-act';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useAsked } from '../ask/use-asked';
import type { components } from '../api/schema.gen';
import { useMayAct } from '../session/session';
import { Loaded } from '../shell/page';

type Zone = components['schemas']['DnsZone'];
type Written = components['schemas']['DnsRecord'] & { readonly id: string };

/** Records that somebody wrote into a zone, beside those that follow from networks and machines. */
export const ZoneRecords = () => {
  const zones = useQuery(reading(call('get', '/api/v2/dns/zones')));
  const [{ zone }, ask] = useAsked({ zone: '' });
  return (
    <Loaded of={zones}>
      {({ items }) => (
        <Stack>
          <Select
            label="Zone"
            placeholder={items.length === 0 ? 'No zone is declared yet' : 'Choose a zone'}
            data={(items as Zone[]).map(({ id, domain }) => ({ value: id, label: domain }))}
            value={zone === '' ? null : zone}
            onChange={(to) => ask({ zone: to ?? '' }, { isStep: true })}
            maw={360}
          />
          {zone === '' ? null : <Records zone={zone} />}
        </Stack>
      )}
    </Loaded>
  );
};

const Records = ({ zone }: { readonly zone: string }) => {
  const path = { key: zone };
  const records = useQuery(reading(call('get', '/api/v2/dns/zones/{key}/records', { path })));
  const refusal = useMayAct();
  const doing = useAct();
  return (
    <Loaded of={records}>
      {({ items }) => (
        <Stack>
          <Group>
            <FormAct
              label="Write a record…"
              title="Write a record"
              verb="post"
              path="/api/v2/dns/zones/{key}/records"
              changes={['dns']}
              callOf={(body) => call('post', '/api/v2/dns/zones/{key}/records', { path, body: body as never })}
            />
          </Group>
          {items.length === 0 ? <Text c="dimmed">Nobody has written one.</Text> : null}
          <Table aria-label="Written records">
            <Table.Tbody>
              {(items as unknown as Written[]).map((record) => (
                <Table.Tr key={record.id}>
                  <Table.Td>{record.name}</Table.Td>
                  <Table.Td>{record.type}</Table.Td>
                  <Table.Td>{record.value}</Table.Td>
                  <Table.Td>
                    <Button
                      size="compact-xs"
                      variant="light"
                      color="red"
                      disabled={refusal !== null}
                      title={refusal ?? undefined}
                      onClick={() =>
                        doing.mutate({
                          label: 'Take away',
                          call: call('delete', '/api/v2/dns/zones/{key}/records/{record}', {
                            path: { ...path, record: record.id },
                          }),
                          changes: ['dns'],
                        })
                      }
                    >
                      Take away
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Stack>
      )}
    </Loaded>
  );
};
