import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ResourceList } from '../resource/resource-list';
import { Page } from '../shell/page';
import { filters, leases, networks, records, zones } from './resources';

const TABS = [
  ['networks', 'Networks', networks],
  ['leases', 'Leases', leases],
  ['records', 'Names', records],
  ['filters', 'Name filters', filters],
  ['zones', 'Zones', zones],
] as const;

/** Networks, and what DHCP and DNS make of them. */
export const NetworksPage = () => {
  const { tab = 'networks' } = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  return (
    <Page title="Networks">
      <Tabs
        value={tab}
        onChange={(to) => void navigate({ to: '/networks', search: { tab: to } as never })}
        keepMounted={false}
      >
        <Tabs.List>
          {TABS.map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(([value, , resource]) => (
          <Tabs.Panel key={value} value={value} pt="md">
            <ResourceList of={resource as never} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
};
