import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { forget, reading } from '../api/query';
import { Loaded } from '../shell/page';
import { HostChecks } from './host-checks';
import type { StepProps } from './step';

const domainOf = (fqdn: string): string => fqdn.split('.').slice(1).join('.');

/** Whether the host is fit, what it is called, and who else gives out addresses on its wires. */
export const HostStep = ({ draft, set }: StepProps) => {
  const host = useQuery({ ...reading(call('get', '/api/v2/wizard/host')), staleTime: 0 });
  return (
    <Stack>
      <Loaded of={host}>
        {({ fqdn, checks }) => (
          <>
            <HostChecks checks={checks} onAgain={() => forget('wizard')} />
            <OtherDhcp
              found={checks.some(({ name, verdict }) => name === 'other DHCP' && verdict === 'warning')}
              draft={draft}
              set={set}
            />
            <TextInput
              label="Name of this host"
              description="Its FQDN. The admin node is called so."
              placeholder={fqdn ?? 'admin.example.org'}
              value={draft.fqdn}
              onChange={({ currentTarget }) => set({ fqdn: currentTarget.value })}
              onBlur={({ currentTarget }) => set({ domain: draft.domain || domainOf(currentTarget.value) })}
            />
            {draft.fqdn === '' && fqdn ? (
              <Group>
                <Button size="xs" variant="light" onClick={() => set({ fqdn, domain: draft.domain || domainOf(fqdn) })}>
                  Call it {fqdn}
                </Button>
              </Group>
            ) : null}
          </>
        )}
      </Loaded>
    </Stack>
  );
};

/** Another server on the wire would give machines addresses that we do not know, and nothing to boot. */
const OtherDhcp = ({ found, draft, set }: StepProps & { readonly found: boolean }) => {
  const netboot = useQuery(reading(call('get', '/api/v2/netboot/servers')));
  const noticed =
    netboot.data?.items.flatMap(({ services = [] }) => services.flatMap(({ others = [] }) => others)) ?? [];
  if (!found && noticed.length === 0) return null;
  return (
    <Alert color="yellow" title="Somebody else gives out addresses" role="status">
      <Stack gap="xs">
        {noticed.map(({ server, interface: on }) => (
          <Text key={`${on} ${server}`} size="sm">
            {server} answered a machine{on ? ` on ${on}` : ''} while netboot was serving.
          </Text>
        ))}
        <Text size="sm">
          Two servers on one wire answer in turn. Switch the other one off, or let it give the addresses and have Anneal
          add what to boot.
        </Text>
        <Group>
          {draft.dhcp === 'proxy' ? (
            <Text size="sm" fw={600}>
              Anneal will only add what to boot.
            </Text>
          ) : (
            <Button size="xs" variant="light" onClick={() => set({ dhcp: 'proxy' })}>
              Let it, and add what to boot
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
};
