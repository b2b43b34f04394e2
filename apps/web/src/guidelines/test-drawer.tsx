import { Code, Drawer, List, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Facts } from '../shell/facts';
import type { GuidelineTest } from './tests-tree';
import { Votes } from './votes';

export interface TestDrawerProps {
  readonly guideline: string;
  readonly test: GuidelineTest;
  readonly capabilities: readonly string[];
  /** What is known of it beside what the guideline says. */
  readonly children?: ReactNode;
  readonly onClose: () => void;
}

/** All that a guideline says of a test, and what people think of it. */
export const TestDrawer = ({ guideline, test, capabilities, children, onClose }: TestDrawerProps) => (
  <Drawer opened onClose={onClose} position="right" size="xl" title="A test">
    <Stack>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {test.key}
      </Text>
      {children}
      <Facts
        names="25%"
        facts={[
          ['Capabilities', capabilities.join(', ')],
          ['Ids', test.ids.length > 0 ? <Codes key="ids" of={test.ids} /> : 'the guideline has none'],
          ['Aliases', test.aliases.length > 0 ? <Codes key="aliases" of={test.aliases} /> : 'none'],
          ...(test.flag ? [['Flag', flagText(test.flag)] as const] : []),
        ]}
      />
      <Votes guideline={guideline} test={test.key} />
    </Stack>
  </Drawer>
);

const flagText = ({ code, date, reason, action }: NonNullable<GuidelineTest['flag']>): string =>
  [code, date, reason, action].filter((each) => each !== null && each !== '').join(', ') ||
  'it has one, without a reason';

const Codes = ({ of }: { readonly of: readonly string[] }) => (
  <List size="sm" listStyleType="none">
    {of.map((each) => (
      <List.Item key={each}>
        <Code>{each}</Code>
      </List.Item>
    ))}
  </List>
);
