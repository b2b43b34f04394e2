import { Button, Group, List, Stack, Text, Textarea } from '@mantine/core';
import { IconThumbDown, IconThumbUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyAs, useAct, type Act } from '../act/act';
import { word } from '../api/as-command';
import { call } from '../api/call';
import { reading } from '../api/query';
import { useSelf } from '../session/session';
import { Loaded } from '../shell/page';

/** What people think of one test, and what one thinks oneself. Everybody who is a user has one vote; it changes no verdict. */
export const Votes = ({ guideline, test }: { readonly guideline: string; readonly test: string }) => {
  const query = useQuery(
    reading(
      call('get', '/api/v2/guidelines/{key}/votes', {
        path: { key: guideline },
        query: { filter: `test eq ${JSON.stringify(test)}`, limit: '1000' },
      }),
    ),
  );
  const user = useSelf()?.user ?? null;
  return (
    <section aria-label="Votes">
      <Text fw={600} size="sm">
        Votes
      </Text>
      <Loaded of={query}>
        {({ items }) => {
          const own = items.find(({ user: of }) => of === user?.name);
          return (
            <Stack gap="xs">
              <Text size="sm" role="status">
                {items.filter(({ vote }) => vote === 1).length} for it, {items.filter(({ vote }) => vote === -1).length}{' '}
                against it
              </Text>
              <List size="sm">
                {items.map(({ id, user: of, vote, reason }) => (
                  <List.Item key={id} icon={<Thumb up={vote === 1} />}>
                    {of}, {vote === 1 ? 'for it' : 'against it'}: {reason}
                  </List.Item>
                ))}
              </List>
              {user ? (
                <OwnVote key={own?.reason ?? ''} guideline={guideline} test={test} before={own?.reason ?? null} />
              ) : (
                <Text size="sm">Only users vote, tokens have no opinion.</Text>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </section>
  );
};

const OwnVote = ({
  guideline,
  test,
  before,
}: {
  readonly guideline: string;
  readonly test: string;
  /** The reason of the vote that there is. */
  readonly before: string | null;
}) => {
  const [reason, setReason] = useState(before ?? '');
  const doing = useAct();
  const vote = (to: 1 | -1): Act => ({
    label: to === 1 ? 'For it' : 'Against it',
    call: call('put', '/api/v2/guidelines/{key}/votes', { path: { key: guideline }, body: { test, vote: to, reason } }),
    command: `anneal guidelines vote ${guideline} ${word(test)}${to === 1 ? '' : ' --against'} --reason ${word(reason)}`,
    changes: ['guidelines'],
    done: 'your vote counts',
  });
  const withdraw: Act = {
    label: 'Take my vote back',
    call: call('delete', '/api/v2/guidelines/{key}/votes', { path: { key: guideline }, query: { test } }),
    command: `anneal guidelines withdraw-vote ${guideline} ${word(test)}`,
    changes: ['guidelines'],
    done: 'your vote is taken back',
  };
  return (
    <Stack gap="xs">
      <Textarea
        label="My reason"
        description="A vote wants one; it changes no verdict"
        autosize
        minRows={2}
        maxLength={4_000}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <Group gap="xs">
        {([1, -1] as const).map((to) => (
          <Group key={to} gap={2} wrap="nowrap">
            <Button
              size="xs"
              variant="light"
              leftSection={<Thumb up={to === 1} />}
              disabled={reason.trim() === ''}
              loading={doing.isPending}
              onClick={() => doing.mutate(vote(to))}
            >
              {vote(to).label}
            </Button>
            <CopyAs act={vote(to)} />
          </Group>
        ))}
        {before === null ? null : (
          <Group gap={2} wrap="nowrap">
            <Button size="xs" variant="subtle" loading={doing.isPending} onClick={() => doing.mutate(withdraw)}>
              {withdraw.label}
            </Button>
            <CopyAs act={withdraw} />
          </Group>
        )}
      </Group>
    </Stack>
  );
};

const Thumb = ({ up }: { readonly up: boolean }) =>
  up ? <IconThumbUp size={14} aria-hidden /> : <IconThumbDown size={14} aria-hidden />;
