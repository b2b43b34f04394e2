import { Anchor, Code, Group, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { Loaded } from '../shell/page';
import { OUTCOME_LOOKS } from './looks';
import type { TestVerdict } from './verdict-tree';
import { WordBadge } from './word-badge';

type Fit = components['schemas']['Fit'];

/** How a test ended: its reason and the end of its traceback, every attempt, and the role that would mend it. */
export const TestOutcome = ({
  certification,
  parent,
  of,
  mends,
}: {
  readonly certification: string;
  /** The certification that this one goes on from. */
  readonly parent: string | null;
  readonly of: TestVerdict;
  readonly mends: string | null;
}) => {
  const { test, outcome, matched, retried, seconds, reason, attempts } = of;
  const words = [test.key, ...test.aliases].map((each) => JSON.stringify(each)).join(', ');
  const byName = useQuery(outcomesOf(certification, `name in (${words})`));
  const byId = useQuery({
    ...outcomesOf(certification, `test_id in (${test.ids.map((each) => JSON.stringify(each)).join(', ')})`),
    enabled: test.ids.length > 0 && byName.data?.items.length === 0,
  });
  return (
    <Stack gap="xs" data-testid="test-outcome">
      <Group gap="xs">
        <WordBadge look={OUTCOME_LOOKS[outcome]} />
        <Text size="sm">
          {[
            seconds === null ? '' : `${Math.round(seconds * 10) / 10} s`,
            matched && matched !== 'name' ? `recognised by its ${matched}` : '',
            retried ? 'passed only when tried again' : '',
          ]
            .filter(Boolean)
            .join(', ')}
        </Text>
      </Group>
      {reason ? (
        <Text size="sm" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {reason}
        </Text>
      ) : null}
      {mends ? (
        <Text size="sm">
          The role to look at: <Code>{mends}</Code>
        </Text>
      ) : null}
      <Loaded of={byName}>
        {({ items }) => {
          const [found] = items.length > 0 ? items : (byId.data?.items ?? []);
          return found?.traceback ? (
            <Code block aria-label="End of its traceback" tabIndex={0}>
              {found.traceback}
            </Code>
          ) : null;
        }}
      </Loaded>
      {attempts.length > 1 ? (
        <>
          <Text size="sm" fw={600}>
            Attempts
          </Text>
          <List size="sm" type="ordered">
            {attempts.map(({ run, status, seconds: took }) => (
              <List.Item key={run}>
                {OUTCOME_LOOKS[status].word.toLowerCase()}
                {took === null ? '' : `, ${Math.round(took * 10) / 10} s`}
              </List.Item>
            ))}
          </List>
          {parent ? (
            <Anchor
              component={Link}
              to={`/certifications/${parent}?tab=tests&test=${encodeURIComponent(test.key)}`}
              size="sm"
            >
              The attempt before
            </Anchor>
          ) : null}
        </>
      ) : null}
    </Stack>
  );
};

const outcomesOf = (certification: string, filter: string) =>
  reading(
    call('get', '/api/v2/certifications/{key}/outcomes', {
      path: { key: certification },
      query: { filter, limit: '1' },
    }),
  );

/** The role that would mend a test, by what the fits say of the program it was judged by. */
export const mendingRole = (
  fits: readonly Fit[],
  { guideline, program }: { readonly guideline: string; readonly program: string },
  test: string,
): string | null =>
  fits
    .find((fit) => fit.guideline === guideline && fit.program === program)
    ?.lacking.flatMap(({ tests }) => tests)
    .find(({ name }) => name === test)?.role ?? null;
