import { ResourceList } from '../resource/resource-list';
import { Page } from '../shell/page';
import { Tabbed, type Tab } from '../shell/tabbed';
import { ImportBarclamp } from './import-barclamp';
import { barclamps, roles } from './resources';

const TABS: readonly Tab[] = [
  { value: 'roles', label: 'Roles', view: () => <ResourceList of={roles} /> },
  { value: 'barclamps', label: 'Barclamps', view: () => <ResourceList of={barclamps} /> },
  { value: 'import', label: 'Import', view: () => <ImportBarclamp /> },
];

/** What Anneal can do on nodes: barclamps, and the roles that they bring. */
export const BarclampsPage = () => (
  <Page title="Barclamps and roles">
    <Tabbed tabs={TABS} />
  </Page>
);
