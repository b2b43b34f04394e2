import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ResourceList } from '../resource/resource-list';
import { Page } from '../shell/page';
import { InstallList } from '../installs/install-list';
import { bootenvs, enrolmentRules, images, templates } from './resources';

/** What machines boot: boot environments and the templates that are rendered for each machine. */
export const BootPage = () => {
  const { tab = 'bootenvs' } = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  return (
    <Page title="Boot and images">
      <Tabs
        value={tab}
        onChange={(to) => void navigate({ to: '/bootenvs', search: { tab: to } as never })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="bootenvs">Boot environments</Tabs.Tab>
          <Tabs.Tab value="templates">Templates</Tabs.Tab>
          <Tabs.Tab value="images">Images</Tabs.Tab>
          <Tabs.Tab value="installs">Installs</Tabs.Tab>
          <Tabs.Tab value="rules">Enrolment</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="bootenvs" pt="md">
          <ResourceList of={bootenvs} />
        </Tabs.Panel>
        <Tabs.Panel value="templates" pt="md">
          <ResourceList of={templates} />
        </Tabs.Panel>
        <Tabs.Panel value="images" pt="md">
          <ResourceList of={images} />
        </Tabs.Panel>
        <Tabs.Panel value="installs" pt="md">
          <InstallList />
        </Tabs.Panel>
        <Tabs.Panel value="rules" pt="md">
          <ResourceList of={enrolmentRules} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
};
