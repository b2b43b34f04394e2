import { Alert, Anchor, Card, Group, List, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { reading } from '../api/query';
import { Facts } from '../shell/facts';
import { Loaded } from '../shell/page';
import { Since } from '../shell/since';
import { ExplanationView } from '../state/explanation';
import { CountsBar } from './counts';
import { CAPABILITY_LOOKS, OUTCOME_LOOKS, verdictLook } from './looks';
import { inWords } from './pace';
import { percentText } from './percent';
import { mendingRole } from './test-outcome';
import { goalText, type CertificationDetail } from './use-certification';
import { isMustPass, type Verdict } from './verdict-tree';
import { WordBadge } from './word-badge';

/** Misses that are listed here; all of them are among the tests. */
const MISSES_MAX = 30;

/** What it came to, goal by goal, with all that qualifies it; the first qualifier says that the results are unofficial. */
export const Result = ({ of }: { readonly of: CertificationDetail }) => {
  const path = { key: of.id };
  const verdicts = useQuery(reading(call('get', '/api/v2/certifications/{key}/verdicts', { path })));
  const explained = useQuery({
    ...reading(call('get', '/api/v2/certifications/{key}/explain', { path })),
    enabled: of.state === 'cancelled' || of.state === 'failed',
  });
  return (
    <Stack>
      {explained.data ? <ExplanationView of={explained.data} /> : null}
      <Findings of={of} />
      <Loaded of={verdicts}>
        {({ items }) => (
          <>
            {items.length === 0 ? (
              <Alert color="gray">It has no verdict{of.reason ? `: ${of.reason}` : '.'}</Alert>
            ) : null}
            {items.map((verdict) => (
              <VerdictCard key={goalText(verdict)} of={of} verdict={verdict} />
            ))}
          </>
        )}
      </Loaded>
      <AsItWas of={of} />
    </Stack>
  );
};

const VerdictCard = ({ of, verdict }: { readonly of: CertificationDetail; readonly verdict: Verdict }) => {
  const { met, must_pass: mustPass, claim, qualifiers } = verdict;
  return (
    <Card withBorder data-testid={`verdict-${verdict.program}`}>
      <Stack gap="sm">
        <Group gap="sm" wrap="nowrap" align="start">
          <WordBadge look={verdictLook({ met, total: mustPass.total }, of.facts)} />
          <div>
            <Text fw={600}>{claim}</Text>
            <List size="sm">
              {qualifiers.map((says) => (
                <List.Item key={says}>{says}</List.Item>
              ))}
            </List>
          </div>
        </Group>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <ByStatus verdict={verdict} />
          <Capabilities of={of} verdict={verdict} />
        </SimpleGrid>
        <Misses of={of} verdict={verdict} />
      </Stack>
    </Card>
  );
};

const STATUSES = ['required', 'advisory', 'deprecated', 'removed'] as const;

const ByStatus = ({
  verdict: { counts, entries, required_percent: required, unflagged_percent: unflagged },
}: {
  readonly verdict: Verdict;
}) => (
  <div>
    <Table aria-label="Tests by status" withRowBorders={false}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Status</Table.Th>
          <Table.Th>Tests</Table.Th>
          <Table.Th>Passed</Table.Th>
          <Table.Th>Flagged</Table.Th>
          <Table.Th>Flagged, passed</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {STATUSES.filter((status) => counts[status].tests > 0).map((status) => (
          <Table.Tr key={status}>
            <Table.Td>{status}</Table.Td>
            <Table.Td>{counts[status].tests}</Table.Td>
            <Table.Td>{counts[status].passed}</Table.Td>
            <Table.Td>{counts[status].flagged}</Table.Td>
            <Table.Td>{counts[status].passed_flagged}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
    <Text size="xs" c="dimmed">
      As RefStack counts, a test once for each capability: required {percentText(required)} of {entries.required.tests},
      without flagged {percentText(unflagged)} of {entries.required.tests - entries.required.flagged}.
    </Text>
  </div>
);

const Capabilities = ({ of, verdict }: { readonly of: CertificationDetail; readonly verdict: Verdict }) => {
  const states = Object.keys(CAPABILITY_LOOKS) as (keyof typeof CAPABILITY_LOOKS)[];
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        Capabilities
      </Text>
      <Group gap="xs">
        {states.flatMap((state) => {
          const count = verdict.capabilities.filter((each) => each.state === state).length;
          return count === 0
            ? []
            : [
                <Group key={state} gap={4} wrap="nowrap">
                  <WordBadge look={CAPABILITY_LOOKS[state]} />
                  <Text size="sm">{count}</Text>
                </Group>,
              ];
        })}
      </Group>
      <Anchor
        component={Link}
        to={`/certifications/${of.id}?tab=tests&goal=${encodeURIComponent(goalText(verdict))}`}
        size="sm"
      >
        All tests of {goalText(verdict)}
      </Anchor>
    </div>
  );
};

/** The must-pass tests that did not pass, each with its reason and the role that would mend it. */
const Misses = ({ of, verdict }: { readonly of: CertificationDetail; readonly verdict: Verdict }) => {
  const fits = useQuery(reading(call('get', '/api/v2/certifications/{key}/fits', { path: { key: of.id } })));
  const misses = verdict.tests.filter((test) => isMustPass(test) && test.outcome !== 'passed');
  if (misses.length === 0) return null;
  const goal = encodeURIComponent(goalText(verdict));
  return (
    <div>
      <Text size="sm" fw={600}>
        Must-pass tests that did not pass
      </Text>
      <Table aria-label="Must-pass tests that did not pass" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={160}>How it ended</Table.Th>
            <Table.Th w="46%">Test</Table.Th>
            <Table.Th>Reason</Table.Th>
            <Table.Th w={160}>Role to look at</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {misses.slice(0, MISSES_MAX).map(({ test: { key }, outcome, reason }) => (
            <Table.Tr key={key}>
              <Table.Td>
                <WordBadge look={OUTCOME_LOOKS[outcome]} />
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Anchor
                  component={Link}
                  to={`/certifications/${of.id}?tab=tests&goal=${goal}&show=must-pass&test=${encodeURIComponent(key)}`}
                  size="sm"
                >
                  {key}
                </Anchor>
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{reason ?? '—'}</Table.Td>
              <Table.Td>{mendingRole(fits.data?.items ?? [], verdict, key) ?? '—'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {misses.length > MISSES_MAX ? (
        <Anchor component={Link} to={`/certifications/${of.id}?tab=tests&goal=${goal}&show=must-pass`} size="sm">
          and {misses.length - MISSES_MAX} more
        </Anchor>
      ) : null}
    </div>
  );
};

/** What the look at the cloud found before the suite ran, each with the role to look at. */
const Findings = ({ of: { inputs } }: { readonly of: CertificationDetail }) => {
  const findings = inputs?.findings ?? [];
  if (findings.length === 0) return null;
  return (
    <Alert color="yellow" title="What the look at the cloud found before">
      <List size="sm">
        {findings.map(({ check, severity, role, says }) => (
          <List.Item key={`${check} ${says}`}>
            {severity}: {says} Role to look at: {role}.
          </List.Item>
        ))}
      </List>
    </Alert>
  );
};

const AsItWas = ({ of }: { readonly of: CertificationDetail }) => (
  <Card withBorder>
    <Facts
      names="20%"
      facts={[
        ['Tests', <CountsBar key="counts" counts={of.counts} />],
        ['Suite', of.suite ? `${of.suite.name} ${of.suite.version}` : '—'],
        ['Release', of.facts.release ?? 'not known'],
        ['Hypervisor', of.facts.hypervisor ?? 'not known'],
        ['Simulated', of.facts.simulated.join(', ') || 'nothing'],
        ['Tester', of.tester ?? '—'],
        ['Endpoint', of.endpoint ? `${of.endpoint.identity_url}, ${of.endpoint.region}` : '—'],
        ['Started', <StartedBy key="by" of={of} />],
        ['Ended', <Since key="ended" at={of.ended_at} />],
        ['Took', of.seconds === null ? '—' : inWords(of.seconds)],
        ['Note', of.note || '—'],
        ['Odd', of.notes.join('; ') || 'nothing'],
      ]}
    />
  </Card>
);

const StartedBy = ({ of }: { readonly of: CertificationDetail }) => (
  <span>
    <Since at={of.started_at ?? of.created_at} /> by {of.created_by}
  </span>
);
