import { Group, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ActButton, useAct, type Act } from '../act/act';
import { ModalButton } from '../act/modal-button';
import { call } from '../api/call';
import { useMayAct } from '../session/session';
import { Refused } from '../shell/refused';
import { accessOf, EndpointFields, lackingOf, NO_ENDPOINT } from './start/endpoint-fields';
import { readSettings } from './start/settings-text';
import { moreWords, withoutPasswords, type CloudAccess } from './start/start-command';
import { NO_OPTIONS, suiteBody, SuiteFields } from './start/suite-fields';
import type { CertificationDetail } from './use-certification';

type Body = ReturnType<typeof suiteBody> & { readonly endpoint?: CloudAccess };

const HOW = {
  resume: { label: 'Resume', says: 'What had not been run is run.' },
  retry: {
    label: 'Try again',
    says: 'What failed or was skipped is tried again; what passes only then is marked as retried.',
  },
} as const;

/** Goes on with a certification by a child of it, whose verdict counts the whole line. */
export const ContinueAct = ({ of, how }: { readonly of: CertificationDetail; readonly how: keyof typeof HOW }) => (
  <ModalButton label={`${HOW[how].label}…`} title={HOW[how].label} refusal={useMayAct()}>
    {(close) => <ContinueForm of={of} how={how} onDone={close} />}
  </ModalButton>
);

const ContinueForm = ({
  of,
  how,
  onDone,
}: {
  readonly of: CertificationDetail;
  readonly how: keyof typeof HOW;
  readonly onDone: () => void;
}) => {
  const navigate = useNavigate();
  const isElsewhere = of.target === 'endpoint';
  const [options, setOptions] = useState(NO_OPTIONS);
  const [endpoint, setEndpoint] = useState({
    ...NO_ENDPOINT,
    identityUrl: of.endpoint?.identity_url ?? '',
    region: of.endpoint?.region ?? NO_ENDPOINT.region,
  });
  const doing = useAct<CertificationDetail>(({ id }) => {
    onDone();
    void navigate({ to: `/certifications/${id}` });
  });
  const body: Body = { ...suiteBody(options), ...(isElsewhere ? { endpoint: accessOf(endpoint) } : {}) };
  const actOf = (given: Body): Act<CertificationDetail> => ({
    label: HOW[how].label,
    call: callOf(how, of.id, given),
    command: [
      `anneal certify ${how} ${of.id}`,
      ...(isElsewhere ? ['--endpoint endpoint.yaml'] : []),
      ...moreWords(given),
    ].join(' '),
    changes: ['certifications', 'node_roles'],
    done: 'it is planned: the annealer runs it as soon as it can',
  });
  const because =
    (isElsewhere ? lackingOf(endpoint) : null) ??
    readSettings(options.settings).wrong ??
    (doing.isPending ? 'It is being started.' : null);
  return (
    <Stack>
      <Text size="sm">{HOW[how].says} It is a certification of its own, whose verdict counts the whole line.</Text>
      <Refused error={doing.error} />
      {isElsewhere ? <EndpointFields value={endpoint} onChange={setEndpoint} /> : null}
      <SuiteFields value={options} onChange={setOptions} />
      <Group justify="flex-end">
        <ActButton
          size="sm"
          variant="filled"
          act={actOf(withoutPasswords(body))}
          because={because}
          onClick={() => doing.mutate(actOf(body))}
        />
      </Group>
    </Stack>
  );
};

const callOf = (how: keyof typeof HOW, id: string, body: Body) =>
  how === 'resume'
    ? call('post', '/api/v2/certifications/{key}/resume', { path: { key: id }, body })
    : call('post', '/api/v2/certifications/{key}/retry', { path: { key: id }, body });
