import { Alert, Anchor, Button, FileButton, Group, List, Select, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { CopyAs } from '../act/act';
import { word } from '../api/as-command';
import { call, type Call } from '../api/call';
import { ProblemError } from '../api/problem';
import { forget } from '../api/query';
import type { components } from '../api/schema.gen';
import { sendBytes } from '../api/send-bytes';
import { useMayAct } from '../session/session';
import { Refused } from '../shell/refused';
import { placeOf } from './place-of';

type Schemas = components['schemas'];
type Imported = Schemas['ImportedGuideline'];
type Kind = Schemas['GuidelineKind'];
type Problem = Schemas['Guideline']['warnings'][number];

/** A file that was given, as bytes and as a text in which places can be shown. */
interface Given {
  readonly name: string;
  readonly bytes: Blob | string;
  readonly text: string;
}

interface Told {
  readonly given: Given;
  readonly imported?: Imported;
  readonly problems: readonly Problem[];
  /** A refusal that names no place. */
  readonly says?: string;
}

const KINDS: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: 'powered', label: 'powered: a published guideline of the OpenStack Powered programs' },
  { value: 'add-on', label: 'add-on: one more service upon those' },
  { value: 'vertical', label: 'vertical: a published list for one use' },
  { value: 'local', label: 'local: a list of this site' },
];

const importCall = (kind: Kind | null, file: string): Call<Imported> => ({
  ...call('post', '/api/v2/guidelines', { query: { source: file, ...(kind ? { kind } : {}) } }),
  file,
});

/** Takes guidelines as files or as a text. What is wrong is told by its place, which can be gone to; nothing is kept then. */
export const ImportGuidelines = () => {
  const [kind, setKind] = useState<Kind | null>(null);
  const [shown, setShown] = useState<Given>({ name: 'guideline.json', bytes: '', text: '' });
  const [told, setTold] = useState<readonly Told[]>([]);
  const area = useRef<HTMLTextAreaElement>(null);
  const refusal = useMayAct();
  const importing = useMutation({
    mutationFn: async (files: readonly Given[]) => {
      const results: Told[] = [];
      for (const given of files) results.push(await importOne(given, kind));
      return results;
    },
    onSuccess: (results) => {
      setTold(results);
      const wrong = results.find(({ imported }) => !imported);
      if (wrong) setShown(wrong.given);
      forget('guidelines');
    },
  });
  const goTo = ({ given }: Told, pointer: string): void => {
    setShown(given);
    // The text has to stand there before a part of it can be chosen.
    setTimeout(() => {
      const place = placeOf(given.text, pointer);
      if (!area.current || !place) return;
      area.current.focus();
      area.current.setSelectionRange(place.start, place.end);
      const lines = given.text.slice(0, place.start).split('\n').length;
      const all = given.text.split('\n').length;
      area.current.scrollTop = (area.current.scrollHeight * (lines - 3)) / all;
    });
  };
  return (
    <Stack>
      <Text size="sm">
        The JSON file as it was published, of schema 1.2 to 2.0. It is kept byte for byte; the same file again changes
        nothing, and another file of the same name becomes its next revision.
      </Text>
      <Group align="end">
        <Select
          label="Kind"
          description="By the shape of the file, unless it is said here"
          placeholder="By its shape"
          clearable
          w={420}
          data={[...KINDS]}
          value={kind}
          onChange={(to) => setKind(to as Kind | null)}
        />
        <FileButton
          multiple
          accept=".json,application/json"
          onChange={(files) =>
            void Promise.all(
              files.map(async (file) => ({ name: file.name, bytes: file, text: await file.text() })),
            ).then((given) => importing.mutate(given))
          }
        >
          {(props) => (
            <Button {...props} disabled={refusal !== null} title={refusal ?? undefined} loading={importing.isPending}>
              Import files…
            </Button>
          )}
        </FileButton>
      </Group>
      <Refused error={importing.error} />
      {told.map((each) => (
        <Outcome key={each.given.name} told={each} onPlace={(pointer) => goTo(each, pointer)} />
      ))}
      <Textarea
        ref={area}
        label={`What is imported as a text: ${shown.name}`}
        rows={18}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', whiteSpace: 'pre' } }}
        value={shown.text}
        onChange={({ currentTarget: { value } }) => setShown({ name: shown.name, bytes: value, text: value })}
      />
      <Group gap={2}>
        <Button
          size="xs"
          disabled={refusal !== null || shown.text.trim() === ''}
          title={refusal ?? undefined}
          loading={importing.isPending}
          onClick={() => importing.mutate([shown])}
        >
          Import the text
        </Button>
        <CopyAs
          act={{
            label: 'Import the text',
            call: importCall(kind, shown.name),
            command: `anneal guidelines import ${word(shown.name)}${kind ? ` --kind ${kind}` : ''}`,
            changes: ['guidelines'],
          }}
        />
      </Group>
    </Stack>
  );
};

const importOne = async (given: Given, kind: Kind | null): Promise<Told> => {
  try {
    const imported = await sendBytes(importCall(kind, given.name), given.bytes);
    return { given, imported, problems: imported.guideline.warnings };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { errors = [] } = (error.problem.fields ?? {}) as { errors?: readonly Problem[] };
    return { given, problems: errors, ...(errors.length === 0 ? { says: error.message } : {}) };
  }
};

const WORDS: Readonly<Record<Imported['outcome'], string>> = {
  created: 'is imported',
  unchanged: 'was imported before, and has not changed',
  revised: 'is imported as the next revision; the one before stays',
};

const Outcome = ({
  told: { given, imported, problems, says },
  onPlace,
}: {
  readonly told: Told;
  readonly onPlace: (pointer: string) => void;
}) => (
  <Alert
    color={imported ? (problems.length > 0 ? 'yellow' : 'green') : 'red'}
    role={imported ? 'status' : 'alert'}
    title={imported ? `${imported.guideline.name} ${WORDS[imported.outcome]}` : `${given.name}: nothing was imported`}
  >
    <Stack gap="xs">
      {says ? <Text size="sm">{says}</Text> : null}
      {imported ? (
        <Text size="sm">
          {imported.guideline.programs
            .map(({ title, must_pass: count }) => `${title}: ${count} must-pass tests`)
            .join('; ')}
          {'. '}
          <Anchor component={Link} to={`/guidelines/${imported.guideline.id}`} size="sm" underline="always">
            Look at it
          </Anchor>
        </Text>
      ) : null}
      {problems.length > 0 ? (
        <>
          <Text size="sm" fw={600}>
            {imported ? 'What was bent while it was read' : 'What has to be mended'}
          </Text>
          <List size="sm">
            {problems.map(({ at, says: sentence }) => (
              <List.Item key={`${at} ${sentence}`}>
                <Button size="compact-xs" variant="default" ff="monospace" onClick={() => onPlace(at)}>
                  {at === '' ? '(the whole file)' : at}
                </Button>{' '}
                {sentence}
              </List.Item>
            ))}
          </List>
        </>
      ) : null}
    </Stack>
  </Alert>
);
