import { Button, MultiSelect, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyAs, useAct } from '../act/act';
import { ConfirmModal } from '../act/confirm-modal';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Deployment } from '../api/types';
import { useMayAct } from '../session/session';
import { lookAgain } from '../node-roles/look-again';
import { Loaded } from '../shell/page';
import { commit, type CommitOptions } from './acts';
import { PreviewView } from './preview-view';

type Wave = NonNullable<CommitOptions['rollout']>;

/** Shows what a commit would do, and does it when that is what is wanted. Nothing happens before. */
export const CommitButton = ({ deployment }: { readonly deployment: Deployment }) => {
  const [opened, { open, close }] = useDisclosure();
  const refusal = useMayAct();
  return (
    <>
      <Button size="xs" onClick={open} disabled={refusal !== null} title={refusal ?? undefined}>
        Commit…
      </Button>
      {opened ? <CommitModal deployment={deployment} onClose={close} /> : null}
    </>
  );
};

const CommitModal = ({ deployment, onClose }: { readonly deployment: Deployment; readonly onClose: () => void }) => {
  const preview = useQuery({
    ...reading(call('post', '/api/v2/deployments/{key}/preview', { path: { key: deployment.id } })),
    staleTime: 0,
  });
  const [note, setNote] = useState('');
  const [inWaves, setInWaves] = useState(false);
  const [wave, setWave] = useState<Wave>({ wave_size: 1, pause_ms: 0, stop_failed_percent: 25 });
  const [held, setHeld] = useState<readonly string[]>([]);
  const groups = useQuery({ ...reading(call('get', '/api/v2/groups')), enabled: inWaves });
  const zones = [...new Set(groups.data?.items.flatMap(({ category }) => category ?? []))];
  const doing = useAct(onClose);
  const options: CommitOptions = {
    ...(note ? { note } : {}),
    ...(inWaves ? { rollout: wave } : {}),
    ...(held.length > 0 ? { held: [...held] } : {}),
  };
  const nodes = [...new Set(preview.data?.added.map(({ name }) => name.split('@')[1] ?? ''))].sort();
  const act = commit(deployment, options);
  const names = preview.data?.destructive.map(({ name }) => name) ?? [];
  const confirm = async (): Promise<void> => {
    if (await lookAgain(preview, ({ destructive }) => destructive)) doing.mutate(act);
  };
  return (
    <ConfirmModal
      opened
      onClose={onClose}
      onConfirm={() => void confirm()}
      title={`Commit ${deployment.name}`}
      name={deployment.name}
      destroys={names}
      confirmLabel="Commit"
      busy={doing.isPending || preview.isFetching}
      ready={preview.isSuccess}
    >
      <Loaded of={preview}>{(data) => <PreviewView preview={data} />}</Loaded>
      <TextInput
        label="Note"
        description="What this commit is for; it stands in the list of commits."
        value={note}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
      />
      <Switch
        label="In waves: some nodes first, the others when these are done"
        checked={inWaves}
        onChange={({ currentTarget }) => setInWaves(currentTarget.checked)}
      />
      <MultiSelect
        label="Keep back"
        description="Nodes that are committed and wait until somebody lets them go."
        data={nodes}
        searchable
        clearable
        value={[...held]}
        onChange={setHeld}
      />
      {inWaves ? (
        <Stack gap="xs">
          <NumberInput
            label="Nodes in a wave"
            min={1}
            value={wave.wave_size}
            onChange={(size) => setWave({ ...wave, wave_size: Number(size) || 1 })}
          />
          <Select
            label="A wave has nodes of one"
            description="So that never more than one rack, switch or power feed is worked on."
            placeholder="any"
            clearable
            data={zones}
            value={wave.zone ?? null}
            onChange={(zone) => {
              const { zone: _, ...rest } = wave;
              setWave(zone === null ? rest : { ...rest, zone });
            }}
          />
          <NumberInput
            label="Pause between waves, in seconds"
            min={0}
            value={(wave.pause_ms ?? 0) / 1_000}
            onChange={(pause) => setWave({ ...wave, pause_ms: 1_000 * (Number(pause) || 0) })}
          />
          <NumberInput
            label="Stop when so many percent have failed"
            min={1}
            max={100}
            value={wave.stop_failed_percent ?? 100}
            onChange={(percent) => setWave({ ...wave, stop_failed_percent: Number(percent) || 1 })}
          />
        </Stack>
      ) : null}
      <CopyAs act={act} />
    </ConfirmModal>
  );
};
