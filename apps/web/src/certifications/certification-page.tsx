import { Alert, Anchor, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { ActButton } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import { Loaded, Page } from '../shell/page';
import { Tabbed, type Tab } from '../shell/tabbed';
import { ExplanationView } from '../state/explanation';
import { Compare } from './compare';
import { Configuration } from './configuration';
import { ContinueAct } from './continue-act';
import { DisclosureSheets } from './disclosure-sheets';
import { Downloads } from './downloads';
import { Fits } from './fits';
import { LineOf } from './line-of';
import { LiveProgress } from './live-progress';
import { STATE_LOOKS } from './looks';
import { Publishing } from './publishing';
import { Result } from './result';
import { goalText, isEnded, useCertification, type CertificationDetail } from './use-certification';
import { VerdictTests } from './verdict-tests';
import { WordBadge } from './word-badge';

// It brings a terminal along, which the other views do not need.
const RunLog = lazy(() => import('../runs/run-log').then(({ RunLog: component }) => ({ default: component })));

/** One certification: how far it is, what it came to, test by test, and all that it rests upon. */
export const CertificationPage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const query = useCertification(key);
  const { data } = query;
  return (
    <Page
      title={data ? `${data.cloud}: ${data.goals.map(goalText).join(', ')}` : 'Certification'}
      badge={data ? <WordBadge look={STATE_LOOKS[data.state]} note={data.reason} /> : null}
      acts={data ? <Acts of={data} /> : null}
    >
      <Loaded of={query}>
        {(certification) => (
          <Stack>
            {certification.official_by ? (
              <Alert color="green" title={`Marked as official by ${certification.official_by}`}>
                On {certification.official_at?.slice(0, 10)}.
              </Alert>
            ) : null}
            {certification.public ? (
              <Text size="sm">
                Published: everybody sees it at{' '}
                <Anchor href={`/results/${certification.id}`} size="sm" underline="always">
                  /results/{certification.id}
                </Anchor>
                .
              </Text>
            ) : null}
            <Tabbed tabs={tabsOf(certification)} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
};

const Acts = ({ of }: { readonly of: CertificationDetail }) => (
  <>
    {isEnded(of) ? (
      <>
        {of.counts.not_run > 0 && of.target !== 'import' ? <ContinueAct of={of} how="resume" /> : null}
        {of.counts.failed + of.counts.setup_failed + of.counts.skipped > 0 && of.target !== 'import' ? (
          <ContinueAct of={of} how="retry" />
        ) : null}
        <Downloads of={of} />
        <Publishing of={of} />
      </>
    ) : (
      <ActButton
        color="red"
        act={{
          label: 'Cancel',
          call: call('put', '/api/v2/certifications/{key}/cancel', { path: { key: of.id } }),
          command: `anneal certify cancel ${of.id}`,
          changes: ['certifications', 'node_roles'],
          done: 'it is being ended; what had not been tested can be resumed',
        }}
      />
    )}
  </>
);

const tabsOf = (certification: CertificationDetail): readonly Tab[] => [
  ...(isEnded(certification)
    ? [
        { value: 'result', label: 'Result', view: () => <Result of={certification} /> },
        { value: 'tests', label: 'Tests', view: () => <VerdictTests certification={certification} /> },
        { value: 'fits', label: 'Fits', view: () => <Fits id={certification.id} /> },
        { value: 'disclosure', label: 'Disclosure', view: () => <DisclosureSheets id={certification.id} /> },
        { value: 'compare', label: 'Compare', view: () => <Compare of={certification} /> },
      ]
    : [{ value: 'live', label: 'How far it is', view: () => <UnderWay of={certification} /> }]),
  { value: 'line', label: 'Tried before and after', view: () => <LineOf of={certification} /> },
  { value: 'configuration', label: 'Configuration', view: () => <Configuration of={certification} /> },
  ...(certification.run_id
    ? [{ value: 'log', label: 'Log', view: () => <Log of={certification} run={certification.run_id ?? ''} /> }]
    : []),
];

const UnderWay = ({ of }: { readonly of: CertificationDetail }) => {
  const explained = useQuery(reading(call('get', '/api/v2/certifications/{key}/explain', { path: { key: of.id } })));
  return (
    <Stack>
      {of.state === 'planned' && explained.data ? <ExplanationView of={explained.data} /> : null}
      {of.state === 'running' ? <LiveProgress of={of} /> : null}
    </Stack>
  );
};

const Log = ({ of, run }: { readonly of: CertificationDetail; readonly run: string }) => (
  <Stack>
    {of.node_role_id ? (
      <Text size="sm">
        It runs as a run of{' '}
        <Anchor component={Link} to={`/node-roles/${of.node_role_id}`} size="sm" underline="always">
          its noderole on {of.tester}
        </Anchor>
        .
      </Text>
    ) : null}
    <Suspense fallback={<Loader role="status" aria-label="Loading" />}>
      <RunLog key={run} runId={run} />
    </Suspense>
  </Stack>
);
