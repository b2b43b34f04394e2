import { Alert, Anchor, Button, Group, Stack, Stepper } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { CopyAs, useAct } from '../act/act';
import { call, perform } from '../api/call';
import { forget, reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { useMayAdminister } from '../session/session';
import { Loaded, Page } from '../shell/page';
import { Refused } from '../shell/refused';
import { AnnealStep } from './anneal-step';
import { draftOf, EMPTY, rangeProblems, siteOf, type Draft, type Site } from './draft';
import { FirstMachine } from './first-machine';
import { HostStep } from './host-step';
import { ImagesStep } from './images-step';
import { NamesStep } from './names-step';
import { NetworkStep } from './network-step';
import { PeopleStep } from './people-step';
import { Review } from './review';
import { ServicesStep } from './services-step';
import type { StepProps } from './step';
import classes from './wizard.module.css';

type Kept = components['schemas']['WizardDraft'];

interface Step {
  /** As it is kept. */
  readonly name: string;
  readonly label: string;
  readonly view: (props: StepProps) => ReactNode;
}

const STEPS: readonly Step[] = [
  { name: 'host', label: 'Host', view: (props) => <HostStep {...props} /> },
  { name: 'network', label: 'Admin network', view: (props) => <NetworkStep {...props} /> },
  { name: 'names', label: 'Names, time, packages', view: (props) => <NamesStep {...props} /> },
  { name: 'services', label: 'Services elsewhere', view: (props) => <ServicesStep {...props} /> },
  { name: 'images', label: 'Images', view: (props) => <ImagesStep {...props} /> },
  { name: 'people', label: 'Keys and people', view: (props) => <PeopleStep {...props} /> },
  { name: 'review', label: 'Review', view: (props) => <Review {...props} /> },
  { name: 'anneal', label: 'Anneal', view: () => <AnnealStep /> },
  { name: 'machine', label: 'First machine', view: () => <FirstMachine /> },
];
const REVIEW = STEPS.findIndex(({ name }) => name === 'review');
const LAST = STEPS.length - 1;

/** From a fresh installation to the first machine: resumable at any step, harmless when it is gone through again. */
export const WizardPage = () => {
  const refusal = useMayAdminister();
  return <Page title="Install wizard">{refusal === null ? <Resumed /> : <Alert color="yellow">{refusal}</Alert>}</Page>;
};

/** Goes on where it was left. Where nobody was yet, what the site is already is where it begins. */
const Resumed = () => {
  const kept = useQuery({ ...reading(call('get', '/api/v2/wizard')), staleTime: Infinity });
  const site = useQuery({ ...reading(call('get', '/api/v2/site')), staleTime: Infinity });
  return (
    <Loaded of={kept}>
      {(draft) => <Loaded of={site}>{(there) => <Wizard kept={draft} site={there as Site} />}</Loaded>}
    </Loaded>
  );
};

const begun = ({ draft }: Kept, site: Site): Draft => {
  const said = draft as Partial<Draft>;
  return Object.keys(said).length > 0 ? { ...EMPTY, ...said } : draftOf(site);
};

const Wizard = ({ kept, site }: { readonly kept: Kept; readonly site: Site }) => {
  const [draft, setDraft] = useState<Draft>(() => begun(kept, site));
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      STEPS.findIndex(({ name }) => name === kept.step),
    ),
  );
  const keep = useMutation({
    mutationFn: ({ to, said }: { to: number; said: Draft }) =>
      perform(
        call('put', '/api/v2/wizard', {
          body: { draft: said as never, step: STEPS[to]?.name ?? '', ...(to === LAST ? { finished: true } : {}) },
        }),
      ),
  });
  // A step is shown when what was said before it is kept: whoever reloads then loses nothing.
  const go = (to: number): void => keep.mutate({ to, said: draft }, { onSuccess: () => setAt(to) });
  const apply = useAct(() => {
    forget('site', 'networks', 'nodes', 'deployments', 'node_roles');
    go(at + 1);
  });
  const act = {
    label: 'Make it so',
    call: call('put', '/api/v2/site', { body: siteOf(draft) }),
    command: 'anneal apply -f site.yml',
    changes: ['networks', 'nodes', 'settings', 'dns', 'anneal'],
  };
  const step = STEPS[at] ?? STEPS[0];
  return (
    <Stack>
      {kept.finished_at ? (
        <Alert color="green" title="It has been gone through before">
          Whatever is so already stays; what you change here is shown before it is done.
        </Alert>
      ) : null}
      <Refused error={keep.error} title="What was said could not be kept" />
      <div className={classes['steps']}>
        <Stepper
          active={at}
          onStepClick={go}
          size="xs"
          iconSize={24}
          wrap={false}
          miw={900}
          styles={{ separator: { marginInline: 2, minWidth: 4 }, stepBody: { marginInlineStart: 6 } }}
          classNames={{ stepLabel: classes['name'] ?? '' }}
        >
          {STEPS.map(({ name, label }) => (
            <Stepper.Step key={name} label={label} />
          ))}
        </Stepper>
      </div>
      <section aria-label={step?.label} className={classes['step']}>
        {step?.view({ draft, set: (change) => setDraft((before) => ({ ...before, ...change })) })}
      </section>
      <Group justify="space-between" className={classes['step'] ?? ''}>
        <Button variant="default" disabled={at === 0} onClick={() => go(at - 1)}>
          Back
        </Button>
        {at === REVIEW ? (
          <Group gap={4}>
            <Button
              loading={apply.isPending}
              disabled={rangeProblems(draft).length > 0}
              onClick={() => apply.mutate(act)}
            >
              {act.label}
            </Button>
            <CopyAs act={act} />
          </Group>
        ) : at === LAST ? (
          <Anchor component={Link} to="/annealer">
            Watch the annealer
          </Anchor>
        ) : (
          <Button loading={keep.isPending} onClick={() => go(at + 1)}>
            Next
          </Button>
        )}
      </Group>
    </Stack>
  );
};
