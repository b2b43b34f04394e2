import { Alert, Button, Code, Group, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { stringify } from 'yaml';
import { call } from '../api/call';
import { sentenceOf } from '../api/problem';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';

type Site = components['schemas']['Site'];

const WORDS = { made: 'is made', changed: 'is changed', same: 'stays as it is' } as const;

/** What would change, as the server says it, and the same as a file. */
export const Review = ({ site }: { readonly site: Site }) => {
  const what = call('post', '/api/v2/site/preview', { body: site });
  const preview = useQuery({ ...reading(what), queryKey: ['site', 'preview', JSON.stringify(site)], retry: false });
  const yaml = stringify({ kind: 'site', ...site });
  return (
    <Stack maw={760}>
      {preview.isError ? (
        <Alert color="red" role="alert" title="It cannot be made like this">
          {sentenceOf(preview.error)}
        </Alert>
      ) : null}
      <List size="sm">
        {preview.data?.changes.map(({ what: part, change, fields }) => (
          <List.Item key={part}>
            {part} {WORDS[change]}
            {fields.map(({ field, before, after }) => (
              <Text key={field} size="xs">
                {field}: {JSON.stringify(before)} becomes {JSON.stringify(after)}
              </Text>
            ))}
          </List.Item>
        ))}
      </List>
      <Text size="sm" fw={600}>
        The same as a file
      </Text>
      <Code block>{yaml}</Code>
      <Group>
        <Button
          size="xs"
          variant="light"
          component="a"
          download="site.yml"
          href={`data:application/yaml;charset=utf-8,${encodeURIComponent(yaml)}`}
        >
          Download site.yml
        </Button>
        <Text size="sm">
          <code>anneal apply -f site.yml</code> makes the same.
        </Text>
      </Group>
    </Stack>
  );
};
