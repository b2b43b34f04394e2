import { Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call } from '../api/call';
import { reading } from '../api/query';
import { AnyOf } from '../ask/any-of';
import { useAsked } from '../ask/use-asked';
import { useTyping } from '../ask/use-typing';
import { TestDrawer } from '../guidelines/test-drawer';
import { LineName, Tree } from '../guidelines/tree/tree';
import { Loaded } from '../shell/page';
import { CAPABILITY_LOOKS, FLAGGED, OUTCOME_LOOKS, STATUS_ORDER } from './looks';
import { mendingRole, TestOutcome } from './test-outcome';
import { goalText, type CertificationDetail } from './use-certification';
import { verdictTree, type Judged, type JudgedFilter, type Verdict } from './verdict-tree';
import { WordBadge } from './word-badge';

const NOTHING_ASKED = { tab: 'tests', goal: '', show: '', status: '', text: '', test: '' };

const SHOWS: readonly { readonly value: Exclude<JudgedFilter['show'], ''>; readonly label: string }[] = [
  { value: 'not-passed', label: 'what did not pass' },
  { value: 'must-pass', label: 'must-pass tests that did not pass' },
  { value: 'flagged', label: 'flagged tests' },
  { value: 'retried', label: 'what passed only when tried again' },
  { value: 'otherwise', label: 'what was recognised by an alias or an id' },
];

/** The verdicts of a certification, test by test: capabilities with what is not met first, and what each test said. */
export const VerdictTests = ({ certification }: { readonly certification: CertificationDetail }) => {
  const query = useQuery(
    reading(call('get', '/api/v2/certifications/{key}/verdicts', { path: { key: certification.id } })),
  );
  return (
    <Loaded of={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed">It has no verdict: it is judged when it has ended.</Text>
        ) : (
          <Tests certification={certification} verdicts={items} />
        )
      }
    </Loaded>
  );
};

const Tests = ({
  certification,
  verdicts,
}: {
  readonly certification: CertificationDetail;
  readonly verdicts: readonly Verdict[];
}) => {
  const [{ goal, show, status, text, test: chosen }, ask] = useAsked(NOTHING_ASKED);
  const [typed, field] = useTyping(text, (to) => ask({ text: to }));
  const fits = useQuery({
    ...reading(call('get', '/api/v2/certifications/{key}/fits', { path: { key: certification.id } })),
    enabled: chosen !== '',
  });
  const verdict = verdicts.find((each) => goalText(each) === goal) ?? verdicts[0];
  const tree = useMemo(
    () => (verdict ? verdictTree(verdict, { show: show as JudgedFilter['show'], status, text: typed }) : []),
    [verdict, show, status, typed],
  );
  if (!verdict) return null;
  const open = verdict.tests.find(({ test }) => test.key === chosen);
  const guideline = certification.goals.find((each) => goalText(each) === goalText(verdict))?.guideline_id;
  const count = new Set(tree.flatMap(({ below }) => (below ?? []).map(({ label }) => label))).size;
  return (
    <Stack gap="sm">
      <Group align="end">
        <Select
          label="Goal"
          data={verdicts.map(goalText)}
          allowDeselect={false}
          value={goalText(verdict)}
          onChange={(to) => ask({ goal: to ?? '' })}
        />
        <AnyOf
          label="Show"
          placeholder="All tests"
          w={260}
          data={[...SHOWS]}
          value={show}
          onChange={(to) => ask({ show: to })}
        />
        <AnyOf label="Status" data={[...STATUS_ORDER]} value={status} onChange={(to) => ask({ status: to })} />
        <TextInput label="Name" placeholder="Part of a test, an id, a capability" w={250} {...field} />
      </Group>
      {tree.length === 0 ? (
        <Text c="dimmed">No test is like that.</Text>
      ) : (
        <Tree
          branches={tree}
          label={`Tests of ${goalText(verdict)}`}
          isAllOpen={typed.trim() !== '' || show !== ''}
          draw={(item) => <JudgedLine item={item} />}
          onLeaf={({ test }) => (test ? ask({ test: test.test.key }) : undefined)}
        />
      )}
      <Text size="sm" role="status">
        {count} of {verdict.tests.length} tests, {tree.length} of {verdict.capabilities.length} capabilities
      </Text>
      {open && guideline ? (
        <TestDrawer
          guideline={guideline}
          test={open.test}
          capabilities={open.capabilities}
          onClose={() => ask({ test: '' })}
        >
          <TestOutcome
            certification={certification.id}
            parent={certification.parent_id}
            of={open}
            mends={mendingRole(fits.data?.items ?? [], verdict, open.test.key)}
          />
        </TestDrawer>
      ) : null}
    </Stack>
  );
};

const JudgedLine = ({ item: { label, capability, test } }: { readonly item: Judged }) => {
  if (test)
    return (
      <>
        <WordBadge look={OUTCOME_LOOKS[test.outcome]} isInner />
        <LineName title={label}>{label}</LineName>
        {test.test.flag ? <WordBadge look={FLAGGED} isInner /> : null}
        <Text size="sm" c="dimmed" truncate style={{ flex: '1 1 0', minWidth: 120 }} title={test.reason ?? ''}>
          {[test.retried ? 'retried' : '', test.reason ?? ''].filter(Boolean).join('; ')}
        </Text>
      </>
    );
  const { passed, not_passed: not, passed_flagged: flagged, not_passed_flagged: notFlagged, status } = capability;
  const inFlags = flagged + notFlagged;
  return (
    <>
      <WordBadge look={CAPABILITY_LOOKS[capability.state]} isInner />
      <LineName title={label}>{label}</LineName>
      <Text size="sm" c="dimmed" style={{ flexShrink: 0 }}>
        {status}, {passed} of {passed + not}
        {inFlags > 0 ? `, ${flagged} of ${inFlags} flagged` : ''}
      </Text>
    </>
  );
};
