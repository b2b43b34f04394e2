import { Group, SegmentedControl, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ActButton, useAct, type Act } from '../../act/act';
import { call } from '../../api/call';
import { reading } from '../../api/query';
import { Refused } from '../../shell/refused';
import type { CertificationDetail } from '../use-certification';
import { accessOf, EndpointFields, lackingOf, NO_ENDPOINT } from './endpoint-fields';
import { GoalsField, goalsOf } from './goals-field';
import { readSettings } from './settings-text';
import { startCommand, withoutPasswords, type NewCertification } from './start-command';
import { NO_OPTIONS, suiteBody, SuiteFields } from './suite-fields';
import { TesterField } from './tester-field';

type Scope = NonNullable<NewCertification['scope']>;

const SCOPES: readonly { readonly value: Scope['kind']; readonly label: string }[] = [
  { value: 'must-pass', label: 'must-pass: what counts' },
  { value: 'required', label: 'required: the flagged tests too' },
  { value: 'all-statuses', label: 'all statuses: advisory and deprecated ones too' },
  { value: 'everything', label: 'everything: the whole suite' },
  { value: 'capability', label: 'one capability' },
  { value: 'tests', label: 'tests that are named' },
];
const CHANGES = ['certifications', 'node_roles', 'nodes', 'deployments'];
/** Deployments that are offered. */
const OFFERED_MAX = '1000';

/** Runs the tests of guidelines against a cloud of ours, or any other. What comes of it is a self-test, and unofficial. */
export const StartCertification = () => {
  const { goal = '', deployment: named = '' } = useSearch({ strict: false }) as { goal?: string; deployment?: string };
  const navigate = useNavigate();
  const [target, setTarget] = useState<'deployment' | 'endpoint'>('deployment');
  const [deployment, setDeployment] = useState(String(named));
  const [cloud, setCloud] = useState('');
  const [endpoint, setEndpoint] = useState(NO_ENDPOINT);
  const [tester, setTester] = useState('');
  const [goals, setGoals] = useState<readonly string[]>(goal ? [String(goal)] : []);
  const [scope, setScope] = useState<Scope['kind']>('must-pass');
  const [capability, setCapability] = useState('');
  const [tests, setTests] = useState('');
  const [release, setRelease] = useState('');
  const [options, setOptions] = useState(NO_OPTIONS);
  const deployments = useQuery(
    reading(
      call('get', '/api/v2/deployments', { query: { fields: 'id,name,system', limit: OFFERED_MAX, sort: 'name' } }),
    ),
  );
  const doing = useAct<CertificationDetail>(({ id }) => void navigate({ to: `/certifications/${id}` }));
  const names = tests
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const body: NewCertification = {
    ...(target === 'deployment'
      ? { deployment }
      : { endpoint: accessOf(endpoint), ...(cloud.trim() ? { cloud: cloud.trim() } : {}) }),
    ...(tester.trim() ? { tester: tester.trim() } : {}),
    goals: goalsOf(goals),
    scope: {
      kind: scope,
      ...(scope === 'capability' ? { name: capability.trim() } : {}),
      ...(scope === 'tests' ? { names } : {}),
    },
    ...(release.trim() ? { facts: { release: release.trim().toLowerCase() } } : {}),
    ...suiteBody(options),
  };
  const actOf = (of: NewCertification): Act<CertificationDetail> => ({
    label: 'Start it',
    call: call('post', '/api/v2/certifications', { body: of as never }),
    command: startCommand(of),
    changes: CHANGES,
    done: 'it is planned: the annealer runs it as soon as it can',
  });
  const because =
    (target === 'endpoint' ? lackingOf(endpoint) : deployment === '' ? 'Say which cloud is meant.' : null) ??
    (goals.length === 0 ? 'Choose at least one goal.' : null) ??
    (scope === 'capability' && capability.trim() === '' ? 'Say which capability.' : null) ??
    (scope === 'tests' && names.length === 0 ? 'Name at least one test.' : null) ??
    readSettings(options.settings).wrong ??
    (doing.isPending ? 'It is being started.' : null);
  return (
    <Stack maw={860}>
      <Text size="sm">
        What comes of it is a self-test of the cloud: its results are unofficial, and approved by nobody.
      </Text>
      <Refused error={doing.error} title="It was not started" />
      <SegmentedControl
        aria-label="Which cloud"
        data={[
          { value: 'deployment', label: 'A cloud of ours' },
          { value: 'endpoint', label: 'A cloud elsewhere' },
        ]}
        value={target}
        onChange={(to) => setTarget(to as typeof target)}
      />
      {target === 'deployment' ? (
        <Select
          label="Deployment"
          description="Whose cloud is meant"
          required
          searchable
          data={(deployments.data?.items ?? []).flatMap(({ name, system }) => (name && !system ? [name] : []))}
          value={deployment === '' ? null : deployment}
          onChange={(to) => setDeployment(to ?? '')}
        />
      ) : (
        <>
          <EndpointFields value={endpoint} onChange={setEndpoint} />
          <TextInput
            label="Cloud"
            description="What people call it; the host of its identity service when nothing is said"
            value={cloud}
            onChange={({ currentTarget }) => setCloud(currentTarget.value)}
          />
        </>
      )}
      <GoalsField value={goals} onChange={setGoals} />
      <TesterField value={tester} onChange={setTester} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="Which tests"
          data={[...SCOPES]}
          allowDeselect={false}
          value={scope}
          onChange={(to) => setScope((to ?? 'must-pass') as Scope['kind'])}
        />
        <TextInput
          label="Release of the cloud"
          description="Asked of the cloud when nothing is said"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder="zed"
          value={release}
          onChange={({ currentTarget }) => setRelease(currentTarget.value)}
        />
      </SimpleGrid>
      {scope === 'capability' ? (
        <TextInput
          label="Capability"
          required
          value={capability}
          onChange={({ currentTarget }) => setCapability(currentTarget.value)}
        />
      ) : null}
      {scope === 'tests' ? (
        <Textarea
          label="Tests"
          description="A name, an id or id-… a line"
          required
          autosize
          minRows={3}
          maxRows={16}
          spellCheck={false}
          value={tests}
          onChange={({ currentTarget }) => setTests(currentTarget.value)}
        />
      ) : null}
      <SuiteFields value={options} onChange={setOptions} />
      <Group>
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
