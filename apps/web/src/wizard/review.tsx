import { Alert, Button, Code, FileButton, Group, List, Stack, Table, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { parse, stringify } from 'yaml';
import { call } from '../api/call';
import { reading } from '../api/query';
import { Refused } from '../shell/refused';
import { draftOf, rangeProblems, siteOf, type Site } from './draft';
import type { StepProps } from './step';

const WORDS = { made: 'is made', changed: 'is changed', same: 'stays as it is' } as const;
const SIGNS = { made: '+', changed: '~', same: '=' } as const;
const KIND = 'site';

/** What would change, as the server says it, and the same as a file that can be taken away, or brought. */
export const Review = ({ draft, set }: StepProps) => {
  const site = siteOf(draft);
  const yaml = stringify({ kind: KIND, ...site });
  return (
    <Stack>
      <Difference site={site} problems={rangeProblems(draft)} />
      <Text component="h2" fw={600}>
        The same as a file
      </Text>
      <Code block data-testid="yaml">
        {yaml}
      </Code>
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
      <Bring onSite={(brought) => set(draftOf(brought))} />
    </Stack>
  );
};

/** What is there now beside what would be, part by part; nothing has happened yet. */
const Difference = ({ site, problems }: { readonly site: Site; readonly problems: readonly string[] }) => {
  const what = call('post', '/api/v2/site/preview', { body: site });
  const preview = useQuery({ ...reading(what), queryKey: ['site', 'preview', JSON.stringify(site)], retry: false });
  if (problems.length > 0)
    return (
      <Alert color="red" role="alert" title="The ranges do not fit together">
        <List size="sm">
          {problems.map((problem) => (
            <List.Item key={problem}>{problem}</List.Item>
          ))}
        </List>
      </Alert>
    );
  if (preview.isError) return <Refused error={preview.error} title="It cannot be made like this" />;
  const changes = preview.data?.changes ?? [];
  const differing = changes.filter(({ change }) => change !== 'same');
  return (
    <Stack gap="xs" data-testid="difference">
      <Text size="sm">
        {preview.data === undefined
          ? 'The server is asked what would change.'
          : differing.length === 0
            ? 'All of it is so already: nothing would change.'
            : `${differing.length} of ${changes.length} parts would change.`}
      </Text>
      <Table aria-label="What would change" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="38%">Part</Table.Th>
            <Table.Th>Now</Table.Th>
            <Table.Th>Then</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.flatMap(({ what: part, change, fields }) => [
            <Table.Tr key={part}>
              <Table.Td colSpan={3} fw={change === 'same' ? undefined : 600}>
                {SIGNS[change]} {part} {WORDS[change]}
              </Table.Td>
            </Table.Tr>,
            ...fields.map(({ field, before, after }) => (
              <Table.Tr key={`${part} ${field}`}>
                <Table.Td pl="xl">{field}</Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{shown(before)}</Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{shown(after)}</Table.Td>
              </Table.Tr>
            )),
          ])}
        </Table.Tbody>
      </Table>
    </Stack>
  );
};

const shown = (value: unknown): string =>
  value === null || value === undefined ? '—' : typeof value === 'string' ? value || '—' : JSON.stringify(value);

/** A site that somebody has as a file takes the place of all that was said. */
const Bring = ({ onSite }: { readonly onSite: (site: Site) => void }) => {
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const take = (from: string): void => {
    const found = siteIn(from);
    setFault(typeof found === 'string' ? found : null);
    if (typeof found === 'string') return;
    setText('');
    onSite(found);
  };
  return (
    <Stack gap="xs">
      <Text component="h2" fw={600}>
        Bring a file
      </Text>
      <Textarea
        label="A site.yml that was taken from here or from another installation"
        description="It takes the place of all that was said; nothing happens before you make it so."
        autosize
        minRows={2}
        maxRows={10}
        value={text}
        error={fault}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Group>
        <Button size="xs" variant="light" disabled={text.trim() === ''} onClick={() => take(text)}>
          Take this
        </Button>
        <FileButton
          accept=".yml,.yaml,.json"
          onChange={(file) => void file?.text().then((from) => (setText(from), take(from)))}
        >
          {(props) => (
            <Button size="xs" variant="light" {...props}>
              Choose a file
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  );
};

const PARTS = ['admin_node', 'networks', 'dns_zones', 'external_services', 'settings', 'attribs'];

/** The site of a file, or what is wrong with it; what its fields may say the server knows. */
const siteIn = (text: string): Site | string => {
  try {
    const { kind, ...site } = (parse(text) ?? {}) as Record<string, unknown>;
    if (kind !== undefined && kind !== KIND) return `This is a file of the kind ${String(kind)}, not a site.`;
    const unknown = Object.keys(site).filter((part) => !PARTS.includes(part));
    if (unknown.length > 0) return `A site has no part ${unknown.join(', ')}: there are ${PARTS.join(', ')}.`;
    return Object.keys(site).length === 0 ? 'This file says nothing of a site.' : (site as Site);
  } catch (error) {
    return `This is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
};
