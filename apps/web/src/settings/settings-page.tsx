import { ResourceList } from '../resource/resource-list';
import { OwnPassword } from '../session/password';
import { Page } from '../shell/page';
import { Tabbed, type Tab } from '../shell/tabbed';
import { Audit } from './audit';
import { externalServices, groups, hooks, jigs, tokens, users } from './resources';
import { SettingList } from './setting-list';

const TABS: readonly Tab[] = [
  { value: 'settings', label: 'Settings', view: () => <SettingList /> },
  { value: 'users', label: 'Users', view: () => <ResourceList of={users} /> },
  { value: 'me', label: 'My password', view: () => <OwnPassword /> },
  { value: 'tokens', label: 'Tokens', view: () => <ResourceList of={tokens} /> },
  { value: 'groups', label: 'Groups', view: () => <ResourceList of={groups} /> },
  { value: 'hooks', label: 'Hooks', view: () => <ResourceList of={hooks} /> },
  { value: 'services', label: 'Services elsewhere', view: () => <ResourceList of={externalServices} /> },
  { value: 'jigs', label: 'Jigs', view: () => <ResourceList of={jigs} /> },
  { value: 'audit', label: 'Audit', view: () => <Audit /> },
];

/** What holds for the whole installation, and who may do what. */
export const SettingsPage = () => (
  <Page title="Settings">
    <Tabbed tabs={TABS} />
  </Page>
);
