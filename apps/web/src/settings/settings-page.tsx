import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ResourceList } from '../resource/resource-list';
import { Page } from '../shell/page';
import { Audit } from './audit';
import { externalServices, groups, hooks, jigs, tokens, users } from './resources';
import { SettingList } from './setting-list';

const TABS = [
  ['settings', 'Settings', () => <SettingList />],
  ['users', 'Users', () => <ResourceList of={users} />],
  ['tokens', 'Tokens', () => <ResourceList of={tokens} />],
  ['groups', 'Groups', () => <ResourceList of={groups} />],
  ['hooks', 'Hooks', () => <ResourceList of={hooks} />],
  ['services', 'Services elsewhere', () => <ResourceList of={externalServices} />],
  ['jigs', 'Jigs', () => <ResourceList of={jigs} />],
  ['audit', 'Audit', () => <Audit />],
] as const;

/** What holds for the whole installation, and who may do what. */
export const SettingsPage = () => {
  const { tab = 'settings' } = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  return (
    <Page title="Settings">
      <Tabs
        value={tab}
        onChange={(to) => void navigate({ to: '/settings', search: { tab: to } as never })}
        keepMounted={false}
      >
        <Tabs.List>
          {TABS.map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(([value, , View]) => (
          <Tabs.Panel key={value} value={value} pt="md">
            <View />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
};
