import { Radio, Stack, TagsInput, TextInput } from '@mantine/core';
import type { StepProps } from './step';

/** Names, time, and where packages come from. */
export const NamesStep = ({ draft, set }: StepProps) => (
  <Stack>
    <TagsInput
      label="DNS servers to ask for names that are not ours"
      placeholder="9.9.9.9"
      value={[...draft.forwarders]}
      onChange={(forwarders) => set({ forwarders })}
      acceptValueOnBlur
    />
    <TagsInput
      label="Time servers"
      description="Machines are told of them. Without any they take their time from this host."
      value={[...draft.timeServers]}
      onChange={(timeServers) => set({ timeServers })}
      acceptValueOnBlur
    />
    <Radio.Group
      label="Packages for images"
      value={draft.packageSource}
      onChange={(to) => set({ packageSource: to as 'online' | 'offline' })}
    >
      <Stack gap="xs" mt={4}>
        <Radio value="online" label="Online" description="Images are made of what Debian publishes now." />
        <Radio
          value="offline"
          label="Offline"
          description="Nothing is fetched but from the mirror below; or images are brought ready-made."
        />
      </Stack>
    </Radio.Group>
    <TextInput
      label="Mirror of packages"
      description="Empty for the one that this host uses."
      placeholder="http://mirror.example.org/debian"
      value={draft.packageMirror}
      onChange={({ currentTarget }) => set({ packageMirror: currentTarget.value })}
    />
    <TextInput
      label="Proxy of this host"
      description="For what is fetched for images; empty for none."
      placeholder="http://proxy.example.org:3128"
      value={draft.packageProxy}
      onChange={({ currentTarget }) => set({ packageProxy: currentTarget.value })}
    />
    <TextInput
      label="Proxy of machines"
      description="They fetch through it while they are installed, and afterwards; empty for none."
      value={draft.installProxy}
      onChange={({ currentTarget }) => set({ installProxy: currentTarget.value })}
    />
  </Stack>
);
