import { Alert, Button, FileButton, Group, List, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ProblemError, sentenceOf } from '../api/problem';
import { forget } from '../api/query';
import type { Problem } from '../api/types';
import { useMayAdminister } from '../session/session';

interface Fault {
  readonly at?: string;
  readonly says: string;
  readonly line?: number;
  readonly column?: number;
}

const EXAMPLE = `name: greeting
version: '1'
roles:
  - name: greeting-present
    description: The node greets whoever logs in.
    jig: noop
    requires: [crowbar-managed-node]`;

/** Takes a barclamp as text or as an archive; what is wrong with it is shown at its line, and nothing is kept then. */
export const ImportBarclamp = () => {
  const [text, setText] = useState('');
  const area = useRef<HTMLTextAreaElement>(null);
  const refusal = useMayAdminister();
  const importing = useMutation({
    mutationFn: async ({ content, type }: { readonly content: BodyInit; readonly type: string }) => {
      const response = await fetch('/api/v2/barclamps', {
        method: 'POST',
        body: content,
        headers: { 'content-type': type, 'idempotency-key': crypto.randomUUID() },
      });
      const answer = (await response.json()) as unknown;
      if (!response.ok) throw new ProblemError(answer as Problem);
      return answer as { barclamp: { name: string }; outline: { created: string[]; updated: string[] } };
    },
    onSuccess: () => forget('barclamps', 'roles', 'attribs'),
  });
  const faults = faultsOf(importing.error);
  const show = (line: number): void => {
    const lines = text.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.current?.focus();
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  return (
    <Stack>
      {importing.data ? (
        <Alert color="green" role="status" title={`${importing.data.barclamp.name} is imported`}>
          {importing.data.outline.created.length} roles made, {importing.data.outline.updated.length} changed.
        </Alert>
      ) : null}
      {importing.isError ? (
        <Alert color="red" role="alert" title="Nothing was imported">
          {faults.length === 0 ? (
            sentenceOf(importing.error)
          ) : (
            <List size="sm">
              {faults.map(({ line, column, at, says }) => (
                <List.Item key={`${line} ${column} ${says}`}>
                  {line ? (
                    <Button size="compact-xs" variant="subtle" onClick={() => show(line)}>
                      line {line}
                    </Button>
                  ) : (
                    at
                  )}{' '}
                  {says}
                </List.Item>
              ))}
            </List>
          )}
        </Alert>
      ) : null}
      <Textarea
        ref={area}
        label="barclamp.yml"
        description="What its roles do stands in scripts beside it: bring these along as an archive of the whole folder."
        placeholder={EXAMPLE}
        autosize
        minRows={12}
        maxRows={30}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Group>
        <Button
          disabled={refusal !== null || text.trim() === ''}
          title={refusal ?? undefined}
          loading={importing.isPending}
          onClick={() => importing.mutate({ content: text, type: 'application/yaml' })}
        >
          Import
        </Button>
        <FileButton
          accept=".tar,.tgz,.tar.gz"
          onChange={(file) =>
            file &&
            importing.mutate({
              content: file,
              type: file.name.endsWith('.tar') ? 'application/x-tar' : 'application/gzip',
            })
          }
        >
          {(props) => (
            <Button variant="light" disabled={refusal !== null} {...props}>
              Import an archive
            </Button>
          )}
        </FileButton>
        <Text size="sm">All of it or nothing; a role that noderoles use is kept.</Text>
      </Group>
    </Stack>
  );
};

const faultsOf = (error: unknown): readonly Fault[] =>
  error instanceof ProblemError
    ? (((error.problem.fields as { errors?: readonly Fault[] } | undefined)?.errors ?? []) as readonly Fault[])
    : [];
