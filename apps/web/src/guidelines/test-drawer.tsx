import { Code, Drawer, List, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
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
      <Table variant="vertical" layout="fixed">
        <Table.Tbody>
          <Fact name="Capabilities">{capabilities.join(', ')}</Fact>
          <Fact name="Ids">{test.ids.length > 0 ? <Codes of={test.ids} /> : 'the guideline has none'}</Fact>
          <Fact name="Aliases">{test.aliases.length > 0 ? <Codes of={test.aliases} /> : 'none'}</Fact>
          {test.flag ? (
            <Fact name="Flag">
              {[test.flag.code, test.flag.date, test.flag.reason, test.flag.action]
                .filter((each) => each !== null && each !== '')
                .join(', ') || 'it has one, without a reason'}
            </Fact>
          ) : null}
        </Table.Tbody>
      </Table>
      <Votes guideline={guideline} test={test.key} />
    </Stack>
  </Drawer>
);

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <Table.Tr>
    <Table.Th w="25%">{name}</Table.Th>
    <Table.Td style={{ overflowWrap: 'anywhere' }}>{children}</Table.Td>
  </Table.Tr>
);

const Codes = ({ of }: { readonly of: readonly string[] }) => (
  <List size="sm" listStyleType="none">
    {of.map((each) => (
      <List.Item key={each}>
        <Code>{each}</Code>
      </List.Item>
    ))}
  </List>
);
