import { InstallList } from '../installs/install-list';
import { ResourceList } from '../resource/resource-list';
import { Page } from '../shell/page';
import { Tabbed, type Tab } from '../shell/tabbed';
import { ImageBuilds } from './image-builds';
import { bootenvs, enrolmentRules, images, templates } from './resources';

const TABS: readonly Tab[] = [
  { value: 'bootenvs', label: 'Boot environments', view: () => <ResourceList of={bootenvs} /> },
  { value: 'templates', label: 'Templates', view: () => <ResourceList of={templates} /> },
  { value: 'images', label: 'Images', view: () => <ResourceList of={images} /> },
  { value: 'builds', label: 'Build and fetch', view: () => <ImageBuilds /> },
  { value: 'installs', label: 'Installs', view: () => <InstallList /> },
  { value: 'rules', label: 'Enrolment', view: () => <ResourceList of={enrolmentRules} /> },
];

/** What machines boot and are installed with, and how they become nodes. */
export const BootPage = () => (
  <Page title="Boot and images">
    <Tabbed tabs={TABS} />
  </Page>
);
