import { Group, Loader, Stack, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { Refused } from './refused';

/** A page: its title, what can be done with the whole of it, and its content. */
export const Page = ({
  title,
  badge,
  acts,
  children,
}: {
  readonly title: string;
  readonly badge?: ReactNode;
  readonly acts?: ReactNode;
  readonly children: ReactNode;
}) => {
  useEffect(() => {
    document.title = `${title} · Anneal`;
  }, [title]);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="center">
        <Group gap="sm">
          <Title order={1} size="h3">
            {title}
          </Title>
          {badge}
        </Group>
        <Group gap="xs">{acts}</Group>
      </Group>
      {children}
    </Stack>
  );
};

/** What was read, or that it is being read, or why it cannot be. */
export function Loaded<Data>({
  of: query,
  children,
}: {
  readonly of: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Refused error={query.error} title="This cannot be shown" />;
  return <Loader role="status" aria-label="Loading" />;
}
