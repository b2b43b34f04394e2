import { Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import { ImageBuilds } from '../boot/image-builds';
import type { components } from '../api/schema.gen';
import type { StepProps } from './step';

type Image = components['schemas']['Image'];

/** What machines are installed with: built here, or fetched, while the other steps are gone through. */
export const ImagesStep = ({ draft, set }: StepProps) => {
  const images = useQuery(reading(call('get', '/api/v2/images')));
  const there = ((images.data?.items ?? []) as Image[]).map(({ name }) => name);
  const offered = [...new Set([...there, 'debian-12', 'debian-13', ...(draft.targetOs ? [draft.targetOs] : [])])];
  return (
    <Stack>
      <Select
        label="Machines get, where nobody says otherwise"
        data={offered.map((name) => ({
          value: name,
          label: there.includes(name) ? name : `${name} (not there yet)`,
        }))}
        clearable
        placeholder="debian-12, as the role has it"
        value={draft.targetOs || null}
        onChange={(to) => set({ targetOs: to ?? '' })}
        maw={420}
      />
      <Text size="sm">
        An image takes minutes to build. It goes on while you go through the other steps, and need not be ready for
        them.
      </Text>
      <ImageBuilds />
    </Stack>
  );
};
