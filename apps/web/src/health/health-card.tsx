import { Card, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** How often what is alive is looked at, in milliseconds. */
export const PERIOD_MS = 5_000;

export interface HealthCardProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** One of the things that an installation is made of. */
export const HealthCard = ({ title, children }: HealthCardProps) => (
  <Card withBorder component="section" aria-label={title}>
    <Text component="h2" fw={600}>
      {title}
    </Text>
    {children}
  </Card>
);
