import { Button, List, Text } from '@mantine/core';
import { useState } from 'react';

/** Lines that are shown before somebody asks for all of them. */
const SHORT = 20;

/** Lines under a heading, with how many there are; nothing where there are none. */
export const LongList = ({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) => {
  const [isWhole, setWhole] = useState(false);
  if (lines.length === 0) return null;
  return (
    <section aria-label={title}>
      <Text size="sm" fw={600}>
        {title} ({lines.length})
      </Text>
      <List size="sm">
        {(isWhole ? lines : lines.slice(0, SHORT)).map((line, at) => (
          <List.Item key={`${at} ${line}`} style={{ overflowWrap: 'anywhere' }}>
            {line}
          </List.Item>
        ))}
      </List>
      {lines.length > SHORT && !isWhole ? (
        <Button size="compact-xs" variant="subtle" onClick={() => setWhole(true)}>
          Show the other {lines.length - SHORT}
        </Button>
      ) : null}
    </section>
  );
};
