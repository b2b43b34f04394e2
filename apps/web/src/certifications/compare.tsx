import { Anchor, Card, Group, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { useAsked } from '../ask/use-asked';
import { Loaded } from '../shell/page';
import { ago } from '../shell/since';
import { LongList } from './long-list';
import { verdictLook } from './looks';
import { Unofficial } from './unofficial';
import { goalText, type Certification, type CertificationDetail } from './use-certification';
import { WordBadge } from './word-badge';

type Comparison = components['schemas']['Comparison'];

/** Certifications that are offered; an older one is named in the address. */
const OFFERED_MAX = '200';

const NOTHING_ASKED = { tab: 'compare', before: '', goal: '' };

/** What changed from another certification to this one: an earlier run of the cloud, or that of another cloud. */
export const Compare = ({ of }: { readonly of: CertificationDetail }) => {
  const [{ before, goal }, ask] = useAsked(NOTHING_ASKED);
  const others = useQuery(
    reading(
      call('get', '/api/v2/certifications', {
        query: {
          filter: `id ne ${of.id} and state in (finished, cancelled, failed, imported)`,
          fields: 'id,cloud,goals,created_at,state',
          sort: '-created_at',
          limit: OFFERED_MAX,
        },
      }),
    ),
  );
  const by = of.goals.find((each) => goalText(each) === goal) ?? of.goals[0];
  return (
    <Stack>
      <Unofficial />
      <Group align="end">
        <Select
          label="The certification before"
          w={460}
          searchable
          data={((others.data?.items ?? []) as readonly Certification[]).map((each) => ({
            value: each.id,
            label: `${each.cloud}, ${each.goals.map(goalText).join(', ')}, ${ago(each.created_at)}`,
          }))}
          value={before === '' ? null : before}
          onChange={(to) => ask({ before: to ?? '' })}
        />
        <Select
          label="Judged by"
          data={of.goals.map(goalText)}
          allowDeselect={false}
          value={by ? goalText(by) : null}
          onChange={(to) => ask({ goal: to ?? '' })}
        />
      </Group>
      {before === '' || !by ? (
        <Text size="sm">Choose the other one.</Text>
      ) : (
        <Compared of={of} before={before} by={by} />
      )}
    </Stack>
  );
};

const Compared = ({
  of,
  before,
  by,
}: {
  readonly of: CertificationDetail;
  readonly before: string;
  readonly by: CertificationDetail['goals'][number];
}) => {
  const query = useQuery(
    reading(
      call('get', '/api/v2/certifications/{key}/compare', {
        path: { key: of.id },
        query: { before, guideline: by.guideline_id, program: by.program },
      }),
    ),
  );
  const other = useQuery(reading(call('get', '/api/v2/certifications/{key}', { path: { key: before } })));
  return (
    <Loaded of={query}>
      {(comparison) => (
        <Stack data-testid="comparison">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {other.data ? <Side title="Before" of={other.data} side={comparison.before} /> : null}
            <Side title="Now" of={of} side={comparison.after} />
          </SimpleGrid>
          <Changes of={comparison} />
        </Stack>
      )}
    </Loaded>
  );
};

const Side = ({
  title,
  of,
  side: { met, must_pass: mustPass, claim },
}: {
  readonly title: string;
  readonly of: CertificationDetail;
  readonly side: Comparison['before'];
}) => (
  <Card withBorder>
    <Stack gap="xs">
      <Group gap="xs">
        <Text fw={600}>{title}</Text>
        <WordBadge look={verdictLook({ met, total: mustPass.total }, of.facts)} />
      </Group>
      <Text size="sm">{claim}</Text>
      <Text size="sm">
        {of.cloud}, {of.suite ? `${of.suite.name} ${of.suite.version}` : 'suite not known'},{' '}
        <Anchor component={Link} to={`/certifications/${of.id}`} size="sm" underline="always">
          {ago(of.created_at)}
        </Anchor>
        {of.note ? `, ${of.note}` : ''}
      </Text>
    </Stack>
  </Card>
);

const changed = ({ name, before, after, reason }: Comparison['newly_passing'][number]): string =>
  `${name}: ${before} → ${after}${reason ? `; ${reason}` : ''}`;

const Changes = ({ of }: { readonly of: Comparison }) => {
  const lists: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ['Failing now, passed before', of.newly_failing.map(changed)],
    ['Passing now, not before', of.newly_passing.map(changed)],
    ['Failed before, skipped now', of.failed_to_skipped.map(changed)],
    ['Skipped before, failing now', of.skipped_to_failed.map(changed)],
    ['Changed otherwise', of.otherwise_changed.map(changed)],
    [
      'Capabilities',
      of.capabilities
        .filter(({ before, after }) => before !== after)
        .map(({ name, before, after }) => `${name}: ${before ?? 'not asked for'} → ${after ?? 'not asked for'}`),
    ],
    ['Asked for only now', of.added],
    ['No longer asked for', of.removed],
    ['Slower', of.slower.map(({ name, before, after }) => `${name}: ${Math.round(before)} s → ${Math.round(after)} s`)],
    [
      'What changed in the cloud',
      of.attributes.map(({ name, before, after }) => `${name}: ${shown(before)} → ${shown(after)}`),
    ],
  ];
  return lists.every(([, lines]) => lines.length === 0) ? (
    <Text>Nothing changed.</Text>
  ) : (
    lists.map(([title, lines]) => <LongList key={title} title={title} lines={lines} />)
  );
};

const shown = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value));
