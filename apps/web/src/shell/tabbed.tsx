import { Tabs } from '@mantine/core';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';

export interface Tab {
  /** As it stands in the address. */
  readonly value: string;
  readonly label: string;
  readonly view: () => ReactNode;
}

/** Views of one thing, of which one is shown. Which one stands in the address, so that it can be sent to somebody. */
export const Tabbed = ({ tabs }: { readonly tabs: readonly Tab[] }) => {
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const shown = tabs.find(({ value }) => value === tab) ?? tabs[0];
  return (
    <Tabs
      value={shown?.value ?? null}
      onChange={(to) => void navigate({ to: pathname, search: { tab: to } as never })}
      keepMounted={false}
    >
      <Tabs.List>
        {tabs.map(({ value, label }) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ value, view }) => (
        <Tabs.Panel key={value} value={value} pt="md">
          {value === shown?.value ? view() : null}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
};
