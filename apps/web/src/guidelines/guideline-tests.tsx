import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { AnyOf } from '../ask/any-of';
import { useAsked } from '../ask/use-asked';
import { useTyping } from '../ask/use-typing';
import { countOf } from '../certifications/count-of';
import { FLAGGED, STATUS_LOOKS, STATUS_ORDER } from '../certifications/looks';
import { WordBadge } from '../certifications/word-badge';
import { Loaded } from '../shell/page';
import { TestDrawer } from './test-drawer';
import { testsTree, type Asking } from './tests-tree';
import { LineName, Tree } from './tree/tree';

type Schemas = components['schemas'];

const NOTHING_ASKED = { tab: 'tests', status: '', flagged: '', text: '', test: '' };

/** What a guideline asks for as a tree: programs, their capabilities, their tests. */
export const GuidelineTests = ({ guideline }: { readonly guideline: Schemas['Guideline'] }) => (
  <Loaded of={useQuery(reading(call('get', '/api/v2/guidelines/{key}/capabilities', { path: { key: guideline.id } })))}>
    {(asked) => <Asked guideline={guideline} asked={asked} />}
  </Loaded>
);

const Asked = ({
  guideline,
  asked,
}: {
  readonly guideline: Schemas['Guideline'];
  readonly asked: Schemas['GuidelineCapabilities'];
}) => {
  const [{ status, flagged, text, test: chosen }, ask] = useAsked(NOTHING_ASKED);
  const [typed, field] = useTyping(text, (to) => ask({ text: to }));
  const tree = useMemo(() => testsTree(asked, { status, flagged, text: typed }), [asked, status, flagged, typed]);
  const [first] = asked.programs;
  const open = asked.capabilities.flatMap(({ tests }) => tests).find(({ key }) => key === chosen);
  return (
    <Stack gap="sm">
      <Group align="end">
        <TextInput label="Name" description="Part of a test, an alias, an id, or a capability" w={320} {...field} />
        <AnyOf label="Status" data={[...STATUS_ORDER]} value={status} onChange={(to) => ask({ status: to })} />
        <AnyOf
          label="Flag"
          data={[
            { value: 'yes', label: 'flagged' },
            { value: 'no', label: 'without a flag' },
          ]}
          value={flagged}
          onChange={(to) => ask({ flagged: to })}
        />
      </Group>
      <Tree
        branches={tree}
        label={`What ${guideline.name} asks for`}
        isAllOpen={typed.trim() !== '' || flagged !== ''}
        opened={first ? [first.name] : []}
        draw={(item) => <AskingLine item={item} components={componentsOf(guideline, item)} />}
        onLeaf={({ test }) => (test ? ask({ test: test.key }) : undefined)}
      />
      <Text size="sm" role="status">
        {tree
          .map(({ program, tests, flagged: count }) => `${program.name}: ${countOf(tests, 'test')}, ${count} flagged`)
          .join('; ')}
      </Text>
      {open ? (
        <TestDrawer
          guideline={guideline.id}
          test={open}
          capabilities={asked.capabilities
            .filter(({ tests }) => tests.some(({ key }) => key === open.key))
            .map(({ name }) => name)}
          onClose={() => ask({ test: '' })}
        />
      ) : null}
    </Stack>
  );
};

const componentsOf = ({ programs }: Schemas['Guideline'], { program }: Asking): readonly string[] =>
  programs.find(({ name }) => name === program.name)?.components ?? [];

const AskingLine = ({ item, components }: { readonly item: Asking; readonly components: readonly string[] }) => {
  const { label, program, capability, status, test, tests, flagged } = item;
  const counted = `${countOf(tests, 'test')}${flagged > 0 ? `, ${flagged} flagged` : ''}`;
  if (test)
    return (
      <>
        <LineName title={label}>{label}</LineName>
        {test.flag ? <WordBadge look={FLAGGED} isInner /> : null}
        {test.aliases.length > 0 ? (
          <Dim>{test.aliases.length === 1 ? '1 alias' : `${test.aliases.length} aliases`}</Dim>
        ) : null}
      </>
    );
  if (capability && status)
    return (
      <>
        <WordBadge look={STATUS_LOOKS[status]} isInner />
        <LineName title={capability.description ?? label}>{label}</LineName>
        <Dim>{`${capability.project ?? ''} ${counted}${capability.admin ? ', as an administrator' : ''}`}</Dim>
      </>
    );
  return (
    <>
      <LineName title={program.description ?? label}>{`${program.name}: ${label}`}</LineName>
      <Dim>{`${components.join(', ')}; ${counted}`}</Dim>
    </>
  );
};

const Dim = ({ children }: { readonly children: string }) => (
  <Text size="sm" c="dimmed" style={{ flexShrink: 0 }}>
    {children}
  </Text>
);
