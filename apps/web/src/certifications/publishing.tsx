import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActButton, CopyAs, useAct, type Act } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useMayAct, useSelf } from '../session/session';
import type { CertificationDetail } from './use-certification';

/** Who may put the official mark on a certification: one user, and nobody else. */
const MARKER = 'official_marker';

/** Who sees a certification, what is noted with it, and whether it is official. What it found cannot be changed. */
export const Publishing = ({ of }: { readonly of: CertificationDetail }) => {
  const [opened, { open, close }] = useDisclosure();
  const settings = useQuery(reading(call('get', '/api/v2/settings')));
  const marker = settings.data?.items.find(({ key }) => key === MARKER)?.value;
  const user = useSelf()?.user?.name;
  const refusal = useMayAct();
  return (
    <>
      <Button size="xs" variant="light" disabled={refusal !== null} title={refusal ?? undefined} onClick={open}>
        Publish, note…
      </Button>
      {user !== undefined && marker === user ? <Mark of={of} /> : null}
      <Modal opened={opened} onClose={close} title="Publish, note" size="lg">
        <PublishForm key={of.version} of={of} />
      </Modal>
    </>
  );
};

const PublishForm = ({ of }: { readonly of: CertificationDetail }) => {
  const [note, setNote] = useState(of.note);
  const patch = (body: { public?: boolean; note?: string }) =>
    call('patch', '/api/v2/certifications/{key}', { path: { key: of.id }, body, version: of.version });
  return (
    <Stack>
      <Text size="sm">
        What is published is shown to everybody at /results, whoever they are, without names of nodes, values of
        attributes, notes, reasons and tracebacks.
      </Text>
      <Group>
        <ActButton
          act={
            of.public
              ? {
                  label: 'Show it to nobody any more',
                  call: patch({ public: false }),
                  command: `anneal certify withdraw ${of.id}`,
                  changes: ['certifications'],
                  done: 'it is no longer public',
                }
              : {
                  label: 'Show it to everybody',
                  call: patch({ public: true }),
                  command: `anneal certify publish ${of.id}`,
                  changes: ['certifications'],
                  done: 'it is public',
                }
          }
        />
      </Group>
      <TextInput label="Note" value={note} onChange={({ currentTarget }) => setNote(currentTarget.value)} />
      <Group>
        <ActButton
          because={note === of.note ? 'It says so already.' : null}
          act={{ label: 'Note it', call: patch({ note }), changes: ['certifications'], done: 'it is noted' }}
        />
      </Group>
    </Stack>
  );
};

const Mark = ({ of }: { readonly of: CertificationDetail }) => {
  const official = of.official_by === null;
  const act: Act = {
    label: official ? 'Mark as official' : 'Take the mark off',
    call: call('put', '/api/v2/certifications/{key}/official', {
      path: { key: of.id },
      body: { official },
      version: of.version,
    }),
    command: `anneal certify mark ${of.id}${official ? '' : ' --off'}`,
    changes: ['certifications'],
    done: official ? 'it is marked as official' : 'the mark is taken off',
  };
  const doing = useAct();
  return (
    <Group gap={2} wrap="nowrap">
      <Button size="xs" variant="light" loading={doing.isPending} onClick={() => doing.mutate(act)}>
        {act.label}
      </Button>
      <CopyAs act={act} />
    </Group>
  );
};
