import { ActionIcon, Button, Group, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { ServiceDraft } from './draft';
import type { StepProps } from './step';

const KINDS = [
  { value: 'dns', label: 'DNS' },
  { value: 'ntp', label: 'Time (NTP)' },
  { value: 'dhcp', label: 'DHCP' },
];

/** Services that the site has already, and that take the place of ours. */
export const ServicesStep = ({ draft, set }: StepProps) => {
  const change = (index: number, to: Partial<ServiceDraft>): void =>
    set({ services: draft.services.map((service, at) => (at === index ? { ...service, ...to } : service)) });
  return (
    <Stack>
      <Text size="sm">
        Anneal serves DHCP, DNS and time itself. What the site has already is named here; then machines are told of that
        instead.
      </Text>
      {draft.services.map(({ name, kind, addresses }, index) => (
        // The name is being typed: only the place stays.
        <Group key={index} align="end" wrap="nowrap">
          <TextInput
            label="Service"
            value={name}
            onChange={({ currentTarget }) => change(index, { name: currentTarget.value })}
          />
          <Select
            label="What it serves"
            data={KINDS}
            allowDeselect={false}
            value={kind}
            onChange={(to) => change(index, { kind: (to ?? kind) as ServiceDraft['kind'] })}
          />
          <TagsInput
            label="Addresses"
            style={{ flex: 1 }}
            value={[...addresses]}
            onChange={(to) => change(index, { addresses: to })}
            acceptValueOnBlur
          />
          <ActionIcon
            variant="subtle"
            color="red"
            size="lg"
            aria-label={`Take ${name || 'this service'} away`}
            onClick={() => set({ services: draft.services.filter((_, at) => at !== index) })}
          >
            <IconTrash size={18} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Group>
        <Button
          size="xs"
          variant="light"
          onClick={() =>
            set({
              services: [
                ...draft.services,
                { name: `service-${draft.services.length + 1}`, kind: 'ntp', addresses: [] },
              ],
            })
          }
        >
          Add a service
        </Button>
      </Group>
    </Stack>
  );
};
