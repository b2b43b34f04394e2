import {
  Alert,
  Badge,
  Button,
  Card,
  Code,
  Group,
  Progress,
  Select,
  Spoiler,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ActButton, useAct } from '../act/act';
import { call } from '../api/call';
import { forget, reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { useMayAdminister } from '../session/session';
import { Loaded } from '../shell/page';

type Build = components['schemas']['ImageBuild'];
type Image = components['schemas']['Image'];

/** How often the progress is asked for, in milliseconds, while something is made. */
const PERIOD_MS = 1_000;
/** Lines of the log that are shown. */
const LINES_SHOWN = 12;
const BUILDABLE = [
  { value: 'debian-12', label: 'Debian 12 for the disks of nodes' },
  { value: 'debian-13', label: 'Debian 13 for the disks of nodes' },
  { value: 'debian-11', label: 'Debian 11 for the disks of nodes' },
  { value: 'discovery', label: 'Discovery: the small system that machines tell from what they are' },
  { value: 'discovery-large', label: 'Discovery, the large one, for heavy work' },
  { value: 'local-loader', label: 'The program that starts the disk of a UEFI machine' },
] as const;

/** Images that are there, those in the making with how far they are, and what can be made or fetched. */
export const ImageBuilds = () => {
  const images = useQuery(reading(call('get', '/api/v2/images')));
  const builds = useQuery({
    ...reading(call('get', '/api/v2/image_builds')),
    refetchInterval: ({ state: { data } }) =>
      data?.items.some(({ state }) => state === 'running') ? PERIOD_MS : false,
  });
  const running = builds.data?.items.filter(({ state }) => state === 'running').length ?? 0;
  const before = useRef(running);
  useEffect(() => {
    // What was made is among the images from now on.
    if (running < before.current) forget('images', 'bootenvs');
    before.current = running;
  }, [running]);
  return (
    <Stack gap="md">
      <Loaded of={images}>{({ items }) => <ImageTable images={items as Image[]} />}</Loaded>
      <NewBuild busy={running > 0} />
      {builds.data?.items.map((build) => (
        <BuildCard key={build.id} build={build} />
      ))}
    </Stack>
  );
};

const ImageTable = ({ images }: { readonly images: readonly Image[] }) =>
  images.length === 0 ? (
    <Alert color="blue">There is no image yet: make one, or fetch one that somebody made.</Alert>
  ) : (
    <Table aria-label="Images">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Image</Table.Th>
          <Table.Th>System</Table.Th>
          <Table.Th>SHA-256</Table.Th>
          <Table.Th>Can be installed</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {images.map(({ id, name, os, sha256, errors }) => (
          <Table.Tr key={id}>
            <Table.Td>{name}</Table.Td>
            <Table.Td>
              {os.family} {os.version}, {os.arch}
            </Table.Td>
            <Table.Td>{sha256 ? <Code title={sha256}>{sha256.slice(0, 16)}…</Code> : '—'}</Table.Td>
            <Table.Td>{errors.length === 0 ? 'yes' : errors.join('; ')}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );

const NewBuild = ({ busy }: { readonly busy: boolean }) => {
  const [image, setImage] = useState<(typeof BUILDABLE)[number]['value']>('debian-12');
  const form = useForm({ initialValues: { manifest: '', sha256: '' } });
  const refusal = useMayAdminister();
  const doing = useAct(() => form.reset());
  const why = refusal ?? (busy ? 'One at a time: another one is being made.' : null);
  return (
    <Group align="start" grow>
      <Stack gap="xs">
        <Select
          label="Build on this host"
          data={[...BUILDABLE]}
          allowDeselect={false}
          value={image}
          onChange={(to) => setImage((to ?? 'debian-12') as typeof image)}
        />
        <Group>
          <ActButton
            because={why}
            act={{
              label: 'Build it',
              call: call('post', '/api/v2/image_builds', { body: { image } }),
              command: `anneal images build ${image}`,
              changes: ['image_builds'],
            }}
          />
        </Group>
      </Stack>
      <form
        onSubmit={form.onSubmit(({ manifest, sha256 }) =>
          doing.mutate({
            label: 'Fetch it',
            call: call('post', '/api/v2/image_builds', { body: { manifest, ...(sha256 ? { sha256 } : {}) } }),
            changes: ['image_builds'],
          }),
        )}
      >
        <Stack gap="xs">
          <TextInput
            label="Fetch one that was built elsewhere"
            placeholder="http://mirror.example.org/images/debian-12/manifest.json"
            required
            {...form.getInputProps('manifest')}
          />
          <TextInput
            label="SHA-256 that it must have"
            placeholder="as the manifest says"
            {...form.getInputProps('sha256')}
          />
          <Group>
            <Button
              size="xs"
              variant="light"
              type="submit"
              disabled={why !== null}
              title={why ?? undefined}
              loading={doing.isPending}
            >
              Fetch it
            </Button>
          </Group>
        </Stack>
      </form>
    </Group>
  );
};

const LOOKS: Readonly<Record<Build['state'], readonly [word: string, color: string]>> = {
  running: ['being made', 'blue'],
  done: ['done', 'green'],
  failed: ['failed', 'red'],
  cancelled: ['cancelled', 'gray'],
};

const BuildCard = ({ build }: { readonly build: Build }) => {
  const { id, what, how, state, percent, lines, sha256 } = build;
  const [word, color] = LOOKS[state];
  return (
    <Card withBorder data-testid="image-build" data-state={state}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {how === 'build' ? 'Building' : 'Fetching'} {what}
          </Text>
          <Group gap="xs">
            <Badge color={color} variant="outline" tt="none" c="var(--mantine-color-text)">
              {word}
            </Badge>
            {state === 'running' ? (
              <ActButton
                size="compact-xs"
                color="red"
                act={{
                  label: 'Cancel',
                  call: call('put', '/api/v2/image_builds/{key}/cancel', { path: { key: id } }),
                  changes: ['image_builds'],
                  done: `${what} is no longer made`,
                }}
              />
            ) : null}
          </Group>
        </Group>
        {state === 'running' ? (
          <Progress
            value={percent ?? 100}
            striped={percent === null}
            animated={percent === null}
            aria-label={`${what}: ${percent === null ? 'at work' : `${percent} %`}`}
          />
        ) : null}
        {sha256 ? (
          <Text size="xs">
            SHA-256 <Code>{sha256}</Code>
          </Text>
        ) : null}
        {lines.length > 0 ? (
          <Spoiler maxHeight={70} showLabel="Show more of the log" hideLabel="Show less">
            <pre style={{ margin: 0, fontSize: 12, whiteSpace: 'pre-wrap' }}>
              {lines.slice(-LINES_SHOWN).join('\n')}
            </pre>
          </Spoiler>
        ) : null}
      </Stack>
    </Card>
  );
};
