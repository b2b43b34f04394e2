import { Alert, Anchor, Button, Group, Select, Stack, Stepper, TagsInput, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { CopyAs, useAct } from '../act/act';
import { call, perform } from '../api/call';
import { sentenceOf } from '../api/problem';
import { forget, reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { useMayAdminister } from '../session/session';
import { Loaded, Page } from '../shell/page';
import { EMPTY, proposedRanges, siteOf, type Draft } from './draft';
import { HostChecks } from './host-checks';
import { RangePicture } from './range-picture';
import { Review } from './review';
import { FirstMachine } from './first-machine';

type Kept = components['schemas']['WizardDraft'];

const STEPS = ['host', 'network', 'names', 'review', 'machine'] as const;
type Step = (typeof STEPS)[number];

const WIZARD = call('get', '/api/v2/wizard');

/** From a fresh installation to the first machine: resumable at any step, harmless when it is gone through again. */
export const WizardPage = () => {
  const kept = useQuery(reading(WIZARD));
  return (
    <Page title="Install wizard">
      <Loaded of={kept}>{(draft) => <Wizard key={draft.version === 0 ? 'new' : 'kept'} kept={draft} />}</Loaded>
    </Page>
  );
};

const Wizard = ({ kept }: { readonly kept: Kept }) => {
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, ...(kept.draft as Partial<Draft>) });
  const [step, setStep] = useState<Step>(STEPS.includes(kept.step as Step) ? (kept.step as Step) : 'host');
  const refusal = useMayAdminister();
  const at = STEPS.indexOf(step);
  const keep = useMutation({
    mutationFn: (to: Step) =>
      perform(
        call('put', '/api/v2/wizard', {
          body: { draft: draft as never, step: to, ...(to === 'machine' ? { finished: true } : {}) },
        }),
      ),
  });
  const go = (to: Step): void => {
    setStep(to);
    keep.mutate(to);
  };
  const set = (change: Partial<Draft>): void => setDraft((before) => ({ ...before, ...change }));
  const apply = useAct(() => {
    forget('site', 'networks', 'nodes', 'deployments');
    go('machine');
  });
  const act = {
    label: 'Make it so',
    call: call('put', '/api/v2/site', { body: siteOf(draft) }),
    command: 'anneal apply -f site.yml',
    changes: ['networks', 'nodes', 'settings', 'dns', 'anneal'],
    done: 'the site is made; its roles are being annealed',
  };
  if (refusal !== null) return <Alert color="yellow">{refusal}</Alert>;
  return (
    <Stack>
      {kept.finished_at ? (
        <Alert color="green" title="It has been gone through before">
          Whatever is so already stays; what you change here is shown before it is done.
        </Alert>
      ) : null}
      {keep.isError ? <Alert color="red">{sentenceOf(keep.error)}</Alert> : null}
      <Stepper active={at} onStepClick={(to) => go(STEPS[to] ?? 'host')} size="sm" iconSize={32}>
        <Stepper.Step label="Host" description="Is it fit?">
          <HostStep draft={draft} set={set} />
        </Stepper.Step>
        <Stepper.Step label="Admin network" description="Where machines are found">
          <NetworkStep draft={draft} set={set} />
        </Stepper.Step>
        <Stepper.Step label="Names and time" description="DNS and NTP">
          <Stack maw={640}>
            <TagsInput
              label="DNS servers to ask for names that are not ours"
              placeholder="9.9.9.9"
              value={[...draft.forwarders]}
              onChange={(forwarders) => set({ forwarders })}
            />
            <TagsInput
              label="Time servers"
              description="Machines are told of them. Without any they take their time from this host."
              value={[...draft.timeServers]}
              onChange={(timeServers) => set({ timeServers })}
            />
          </Stack>
        </Stepper.Step>
        <Stepper.Step label="Review" description="Nothing has happened yet">
          <Review site={siteOf(draft)} />
        </Stepper.Step>
        <Stepper.Step label="First machine" description="Switch one on">
          <FirstMachine />
        </Stepper.Step>
      </Stepper>
      <Group justify="space-between" maw={760}>
        <Button variant="default" disabled={at === 0} onClick={() => go(STEPS[at - 1] ?? 'host')}>
          Back
        </Button>
        {step === 'review' ? (
          <Group gap={4}>
            <Button loading={apply.isPending} onClick={() => apply.mutate(act)}>
              {act.label}
            </Button>
            <CopyAs act={act} />
          </Group>
        ) : step === 'machine' ? (
          <Anchor component={Link} to="/annealer">
            Watch the annealer
          </Anchor>
        ) : (
          <Button onClick={() => go(STEPS[at + 1] ?? 'review')}>Next</Button>
        )}
      </Group>
    </Stack>
  );
};

interface StepProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

const HostStep = ({ draft, set }: StepProps) => {
  const host = useQuery({ ...reading(call('get', '/api/v2/wizard/host')), staleTime: 0 });
  return (
    <Loaded of={host}>
      {({ fqdn, checks }) => (
        <Stack maw={760}>
          <HostChecks checks={checks} onAgain={() => forget('wizard')} />
          <TextInput
            label="Name of this host"
            description="Its FQDN. The admin node is called so."
            value={draft.fqdn || fqdn || ''}
            onChange={({ currentTarget }) => set({ fqdn: currentTarget.value })}
            onBlur={({ currentTarget }) =>
              set({ fqdn: currentTarget.value, domain: draft.domain || domainOf(currentTarget.value) })
            }
          />
        </Stack>
      )}
    </Loaded>
  );
};

const domainOf = (fqdn: string): string => fqdn.split('.').slice(1).join('.');

const NetworkStep = ({ draft, set }: StepProps) => {
  const host = useQuery(reading(call('get', '/api/v2/wizard/host')));
  const addresses = host.data?.interfaces.flatMap(({ name, addresses: each }) =>
    each
      .filter((address) => !address.includes(':'))
      .map((address) => ({ value: address, label: `${address} on ${name}` })),
  );
  const text = (label: string, field: keyof Draft, description?: string) => (
    <TextInput
      label={label}
      description={description}
      value={String(draft[field])}
      onChange={({ currentTarget }) => set({ [field]: currentTarget.value })}
    />
  );
  return (
    <Stack maw={760}>
      <Select
        label="Address of this host on the admin network"
        description="Machines are found on the network that this address is on."
        placeholder="IPv6 alone"
        data={addresses ?? []}
        value={draft.address || null}
        clearable
        onChange={(address) => set({ address: address ?? '', ...proposedRanges(address ?? '') })}
      />
      <Group grow>
        {text('Nodes, from', 'nodesFirst')}
        {text('to', 'nodesLast')}
      </Group>
      <Group grow>
        {text('Machines that nobody knows yet, from', 'poolFirst')}
        {text('to', 'poolLast')}
      </Group>
      <RangePicture draft={draft} />
      {text('Router', 'router', 'The way out; empty where there is none.')}
      {text('Domain', 'domain')}
      <Select
        label="IPv6"
        data={[
          { value: 'auto', label: 'A prefix of our own (RFC 4193), made once for this installation' },
          { value: 'none', label: 'None' },
        ]}
        value={draft.v6prefix === '' ? 'none' : draft.v6prefix}
        onChange={(v6prefix) => set({ v6prefix: v6prefix === 'none' ? '' : (v6prefix ?? 'auto') })}
      />
      <Select
        label="DHCP"
        data={[
          { value: 'serve', label: 'Anneal gives the addresses' },
          { value: 'proxy', label: 'Another server gives them; Anneal adds what to boot' },
          { value: 'off', label: 'Neither' },
        ]}
        value={draft.dhcp}
        onChange={(dhcp) => set({ dhcp: (dhcp ?? 'serve') as Draft['dhcp'] })}
      />
      {text(
        'Conduit',
        'conduit',
        'Which card of a machine is on this network: ?1g0 is the first of 1 Gbit/s or the next best.',
      )}
      <Text size="sm" c="dimmed">
        All of it can be changed later; further networks are made on the page Networks.
      </Text>
    </Stack>
  );
};
