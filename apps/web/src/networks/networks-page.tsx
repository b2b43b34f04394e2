import { ResourceList } from '../resource/resource-list';
import { Page } from '../shell/page';
import { Tabbed, type Tab } from '../shell/tabbed';
import { AddressMap } from './address-map';
import { ZoneRecords } from './zone-records';
import { dnsServers, filters, leases, networks, records, zones } from './resources';

const TABS: readonly Tab[] = [
  { value: 'networks', label: 'Networks', view: () => <ResourceList of={networks} /> },
  { value: 'map', label: 'Address map', view: () => <AddressMap /> },
  { value: 'leases', label: 'Leases', view: () => <ResourceList of={leases} /> },
  { value: 'records', label: 'Names', view: () => <ResourceList of={records} /> },
  { value: 'filters', label: 'Name filters', view: () => <ResourceList of={filters} /> },
  { value: 'zones', label: 'Zones', view: () => <ResourceList of={zones} /> },
  { value: 'written', label: 'Written records', view: () => <ZoneRecords /> },
  { value: 'dns-servers', label: 'DNS servers elsewhere', view: () => <ResourceList of={dnsServers} /> },
];

/** Networks, and what DHCP and DNS make of them. */
export const NetworksPage = () => (
  <Page title="Networks">
    <Tabbed tabs={TABS} />
  </Page>
);
