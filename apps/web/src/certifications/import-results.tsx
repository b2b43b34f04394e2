import { Button, FileButton, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { CopyAs } from '../act/act';
import { word } from '../api/as-command';
import { call } from '../api/call';
import { forget } from '../api/query';
import { sendBytes } from '../api/send-bytes';
import { useMayAct } from '../session/session';
import { Refused } from '../shell/refused';
import { GoalsField } from './start/goals-field';

const FORMATS = [
  { value: 'refstack', label: 'a RefStack document' },
  { value: 'subunit', label: 'a subunit v2 stream' },
  { value: 'names', label: 'names of tests that passed, a line each' },
] as const;
type Format = (typeof FORMATS)[number]['value'];

/** Takes in what others measured: it is judged and compared like our own, and says that others measured it. */
export const ImportResults = () => {
  const [format, setFormat] = useState<Format>('refstack');
  const [cloud, setCloud] = useState('');
  const [goals, setGoals] = useState<readonly string[]>([]);
  const [release, setRelease] = useState('');
  const [note, setNote] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState('');
  const refusal = useMayAct();
  const navigate = useNavigate();
  const name = file?.name ?? 'results';
  const taken = {
    ...call('post', '/api/v2/certifications/import', {
      query: { format, cloud: cloud.trim(), goals: goals.join(','), release: release.trim(), note: note.trim() },
    }),
    file: name,
  };
  const taking = useMutation({
    mutationFn: () => sendBytes(taken, file ?? text),
    onSuccess: ({ id }) => {
      forget('certifications');
      void navigate({ to: `/certifications/${id}` });
    },
  });
  const because =
    refusal ??
    (cloud.trim() === '' ? 'Say what people call the cloud.' : null) ??
    (goals.length === 0 ? 'Choose at least one goal.' : null) ??
    (file === null && text.trim() === '' ? 'Choose a file, or give the results as a text.' : null);
  return (
    <Stack maw={860}>
      <Text size="sm">
        What others measured is judged by the goals that are chosen here, and can be compared with ours.
      </Text>
      <Refused error={taking.error} title="Nothing was taken in" />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="What it is"
          data={[...FORMATS]}
          allowDeselect={false}
          value={format}
          onChange={(to) => setFormat((to ?? 'refstack') as Format)}
        />
        <TextInput
          label="Cloud"
          placeholder="What people call it"
          required
          value={cloud}
          onChange={({ currentTarget }) => setCloud(currentTarget.value)}
        />
        <TextInput
          label="Release"
          placeholder="zed"
          value={release}
          onChange={({ currentTarget }) => setRelease(currentTarget.value)}
        />
        <TextInput label="Note" value={note} onChange={({ currentTarget }) => setNote(currentTarget.value)} />
      </SimpleGrid>
      <GoalsField value={goals} onChange={setGoals} />
      <Group>
        <FileButton onChange={setFile}>
          {(props) => (
            <Button variant="light" {...props}>
              Choose a file…
            </Button>
          )}
        </FileButton>
        <Text size="sm" role="status">
          {file ? `${file.name}, ${file.size} bytes` : 'No file is chosen.'}
        </Text>
        {file ? (
          <Button variant="subtle" size="xs" onClick={() => setFile(null)}>
            Choose none
          </Button>
        ) : null}
      </Group>
      {file || format === 'subunit' ? null : (
        <Textarea
          label="Or the results as a text"
          rows={8}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      )}
      <Group gap={2}>
        <Button
          disabled={because !== null}
          title={because ?? undefined}
          loading={taking.isPending}
          onClick={() => taking.mutate()}
        >
          Take them in
        </Button>
        <CopyAs
          act={{
            label: 'Take them in',
            call: taken,
            command: [
              `anneal certify import ${word(name)} --format ${format} --cloud ${word(cloud.trim())}`,
              `--goal ${word(goals.join(','))}`,
              ...(release.trim() ? [`--release ${word(release.trim())}`] : []),
              ...(note.trim() ? [`--note ${word(note.trim())}`] : []),
            ].join(' '),
            changes: ['certifications'],
          }}
        />
      </Group>
    </Stack>
  );
};
