import { Anchor, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/call';
import { usePages } from '../api/pages';
import { AnyOf } from '../ask/any-of';
import { useAsked } from '../ask/use-asked';
import { useTyping } from '../ask/use-typing';
import { useLive } from '../live/live';
import { Rows, type Column } from '../shell/rows';
import { Since } from '../shell/since';
import { countOf } from './count-of';
import { CountsBar } from './counts';
import { STATE_LOOKS, verdictLook } from './looks';
import { Unofficial } from './unofficial';
import { goalText, isEnded, type Certification } from './use-certification';
import { WordBadge } from './word-badge';

const NOTHING_ASKED = { sort: '-created_at', state: '', cloud: '' };
/** What a list shows; load lists and names of tests are left where they are. */
const FIELDS =
  'id,parent_id,state,target,cloud,goals,counts,verdicts,facts,reason,tester,public,official_by,note,created_by,created_at,ended_at';

const COLUMNS: readonly Column<Certification>[] = [
  {
    id: 'state',
    label: 'State',
    width: 1.7,
    sort: 'state',
    cell: ({ state, reason }) => <WordBadge look={STATE_LOOKS[state]} note={reason} />,
  },
  {
    id: 'measured',
    label: 'Measured by',
    width: 1.8,
    cell: ({ id, goals }) => {
      const text = goals.map(goalText).join(', ');
      return (
        <Anchor component={Link} to={`/certifications/${id}`} size="sm" title={text}>
          {text || id}
        </Anchor>
      );
    },
  },
  { id: 'cloud', label: 'Cloud', width: 1.2, sort: 'cloud', cell: ({ cloud }) => <span title={cloud}>{cloud}</span> },
  { id: 'progress', label: 'Tests', width: 1.6, cell: ({ counts }) => <CountsBar counts={counts} size={8} /> },
  {
    id: 'verdict',
    label: 'Must-pass tests',
    width: 2.2,
    cell: (certification) => {
      const [first, ...more] = certification.verdicts;
      if (!first) return isEnded(certification) ? certification.reason : 'not ended';
      const { met, must_pass_total: total, must_pass_passed: passed, claim } = first;
      return (
        <Group gap={6} wrap="nowrap" title={claim}>
          <WordBadge look={verdictLook({ met, total }, certification.facts)} note={claim} />
          <Text size="sm">
            {passed} of {total}
            {more.length > 0 ? `, and ${countOf(more.length, 'goal')} more` : ''}
          </Text>
        </Group>
      );
    },
  },
  { id: 'when', label: 'When', width: 1.1, sort: 'created_at', cell: ({ created_at: at }) => <Since at={at} /> },
  { id: 'by', label: 'By', cell: ({ created_by: by }) => <span title={by}>{by}</span> },
  {
    id: 'note',
    label: 'Note',
    width: 1.2,
    cell: ({ note, public: isPublic, parent_id: parent }) => {
      const text = [isPublic ? 'public' : '', parent ? 'goes on from another' : '', note].filter(Boolean).join('; ');
      return <span title={text}>{text}</span>;
    },
  },
];

/** All certifications, the newest first, as they go. Two of them can be compared. */
export const CertificationList = () => {
  const navigate = useNavigate();
  const [{ sort, state, cloud }, ask] = useAsked(NOTHING_ASKED);
  const [typed, field] = useTyping(cloud, (to) => ask({ cloud: to }));
  const [chosen, setChosen] = useState<readonly Certification[]>([]);
  const conditions = [
    ...(state ? [`state eq ${state}`] : []),
    ...(typed.trim() ? [`cloud contains ${JSON.stringify(typed.trim())}`] : []),
  ];
  const query = usePages<Certification>(
    call('get', '/api/v2/certifications', { query: { sort, fields: FIELDS, filter: conditions.join(' and ') } }),
  );
  useLive({ kind: 'certification.*' }, ['certifications']);
  const choice: Column<Certification> = {
    id: 'chosen',
    label: '',
    width: 0.4,
    cell: (certification) => (
      <Checkbox
        aria-label={`Choose ${certification.goals.map(goalText).join(', ')} of ${certification.cloud}, ${certification.created_at}`}
        checked={chosen.some(({ id }) => id === certification.id)}
        onChange={() =>
          setChosen((before) =>
            before.some(({ id }) => id === certification.id)
              ? before.filter(({ id }) => id !== certification.id)
              : [...before, certification].slice(-2),
          )
        }
      />
    ),
  };
  const [before, after] = [...chosen].sort((a, b) => a.created_at.localeCompare(b.created_at));
  return (
    <Stack gap="sm">
      <Unofficial />
      <Group align="end">
        <TextInput label="Cloud" {...field} />
        <AnyOf
          label="State"
          data={Object.entries(STATE_LOOKS).map(([value, { word }]) => ({ value, label: word }))}
          value={state}
          onChange={(to) => ask({ state: to })}
        />
        <Button
          variant="light"
          disabled={!after}
          title={after ? undefined : 'Choose two of them.'}
          onClick={() =>
            before && after
              ? void navigate({
                  to: `/certifications/${after.id}`,
                  search: { tab: 'compare', before: before.id } as never,
                })
              : undefined
          }
        >
          Compare two
        </Button>
        <Text size="sm" role="status" pb={8}>
          {chosen.length} of two chosen
        </Text>
      </Group>
      <Rows
        of={query}
        columns={[choice, ...COLUMNS]}
        idOf={({ id }: Certification) => id}
        label="Certifications"
        empty={
          conditions.length > 0
            ? 'No certification is like that.'
            : 'Nothing has been measured yet: import a guideline, and start one.'
        }
        sort={sort}
        onSort={(to) => ask({ sort: to })}
      />
      <Text size="sm">
        What somebody published is at{' '}
        <Anchor href="/results" size="sm" underline="always">
          /results
        </Anchor>
        , for everybody.
      </Text>
    </Stack>
  );
};
