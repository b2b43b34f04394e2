import { Accordion, Badge, Box, Code, Group, List, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { Loaded } from '../shell/page';
import { CAPABILITY_LOOKS, STANDING_LOOKS } from './looks';
import { percentText } from './percent';
import { Unofficial } from './unofficial';
import { goalText } from './use-certification';
import { WordBadge } from './word-badge';

type Fit = components['schemas']['Fit'];

/** Tests that are named of a capability; all are among the tests of the goal. */
const TESTS_MAX = 20;

/** How far the cloud comes by every program of every guideline that was imported, and who would mend the rest. */
export const Fits = ({ id }: { readonly id: string }) => {
  const query = useQuery(reading(call('get', '/api/v2/certifications/{key}/fits', { path: { key: id } })));
  const [standing, setStanding] = useState<string | null>(null);
  const [opened, setOpened] = useState<readonly string[]>([]);
  return (
    <Loaded of={query}>
      {({ items }) => {
        const shown = items.filter((fit) => standing === null || fit.standing === standing);
        return (
          <Stack gap="sm">
            <Unofficial />
            <Group align="end">
              <Select
                label="Standing"
                placeholder="Any"
                clearable
                data={Object.entries(STANDING_LOOKS).map(([value, { word }]) => ({ value, label: word }))}
                value={standing}
                onChange={setStanding}
              />
              <Text size="sm" role="status" pb={8}>
                {shown.length} of {items.length} programs
              </Text>
            </Group>
            <Accordion variant="contained" multiple chevronPosition="left" value={[...opened]} onChange={setOpened}>
              {shown.map((fit) => (
                <FitItem key={keyOf(fit)} fit={fit} isOpen={opened.includes(keyOf(fit))} />
              ))}
            </Accordion>
          </Stack>
        );
      }}
    </Loaded>
  );
};

const keyOf = (fit: Fit): string => `${fit.kind} ${goalText(fit)}`;

/** What a program lacks is drawn when somebody looks: together that may be thousands of tests. */
const FitItem = ({ fit, isOpen }: { readonly fit: Fit; readonly isOpen: boolean }) => {
  const { title, standing, must_pass: mustPass, percent, attempted } = fit;
  return (
    <Accordion.Item value={keyOf(fit)}>
      <Accordion.Control>
        <Group gap="sm" wrap="nowrap">
          <Box w={150} style={{ flexShrink: 0 }}>
            <WordBadge look={STANDING_LOOKS[standing]} isInner />
          </Box>
          <Text size="sm" fw={600} w={200} truncate title={goalText(fit)}>
            {goalText(fit)}
          </Text>
          <Text size="sm" style={{ flex: 1 }} truncate title={title}>
            {title}
          </Text>
          <Text size="sm" pe="sm" style={{ flexShrink: 0 }}>
            {mustPass.passed} of {mustPass.total} must-pass, {percentText(percent)}; {attempted} tried
          </Text>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>{isOpen ? <Lacking of={fit} /> : null}</Accordion.Panel>
    </Accordion.Item>
  );
};

const Lacking = ({ of: { says, qualifiers, lacking } }: { readonly of: Fit }) => (
  <Stack gap="xs">
    <Text size="sm">{says}</Text>
    <List size="sm">
      {qualifiers.map((each) => (
        <List.Item key={each}>{each}</List.Item>
      ))}
    </List>
    {lacking.map(({ capability, state, tests, roles }) => (
      <div key={capability}>
        <Group gap="xs">
          <WordBadge look={CAPABILITY_LOOKS[state]} />
          <Text size="sm" fw={600}>
            {capability}
          </Text>
          {roles.map((role) => (
            <Badge key={role} variant="outline" color="gray" tt="none" c="var(--mantine-color-text)">
              {role}
            </Badge>
          ))}
        </Group>
        <List size="sm">
          {tests.slice(0, TESTS_MAX).map(({ name, outcome, reason }) => (
            <List.Item key={name} style={{ overflowWrap: 'anywhere' }}>
              <Code>{name}</Code> {outcome}
              {reason ? `: ${reason}` : ''}
            </List.Item>
          ))}
          {tests.length > TESTS_MAX ? <List.Item>and {tests.length - TESTS_MAX} more</List.Item> : null}
        </List>
      </div>
    ))}
  </Stack>
);
