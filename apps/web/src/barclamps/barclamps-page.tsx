import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../shell/page';
import { ResourceList } from '../resource/resource-list';
import { ImportBarclamp } from './import-barclamp';
import { barclamps, roles } from './resources';

/** What Anneal can do on nodes: barclamps, and the roles that they bring. */
export const BarclampsPage = () => {
  const { tab = 'roles' } = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  return (
    <Page title="Barclamps and roles">
      <Tabs
        value={tab}
        onChange={(to) => void navigate({ to: '/barclamps', search: { tab: to } as never })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="roles">Roles</Tabs.Tab>
          <Tabs.Tab value="barclamps">Barclamps</Tabs.Tab>
          <Tabs.Tab value="import">Import</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="roles" pt="md">
          <ResourceList of={roles} />
        </Tabs.Panel>
        <Tabs.Panel value="barclamps" pt="md">
          <ResourceList of={barclamps} />
        </Tabs.Panel>
        <Tabs.Panel value="import" pt="md">
          <ImportBarclamp />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
};
