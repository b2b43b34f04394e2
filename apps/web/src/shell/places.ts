import {
  IconActivity,
  IconDisc,
  IconFlame,
  IconHistory,
  IconNetwork,
  IconPackage,
  IconServer,
  IconSettings,
  IconStack2,
  IconWand,
  type TablerIcon,
} from '@tabler/icons-react';

/** The pages one goes to by the navigation. Each noun of the API has its place. */
export const PLACES: readonly { readonly to: string; readonly label: string; readonly Icon: TablerIcon }[] = [
  { to: '/annealer', label: 'Annealer', Icon: IconFlame },
  { to: '/deployments', label: 'Deployments', Icon: IconStack2 },
  { to: '/nodes', label: 'Nodes', Icon: IconServer },
  { to: '/networks', label: 'Networks', Icon: IconNetwork },
  { to: '/barclamps', label: 'Barclamps and roles', Icon: IconPackage },
  { to: '/bootenvs', label: 'Boot and images', Icon: IconDisc },
  { to: '/events', label: 'Events', Icon: IconHistory },
  { to: '/health', label: 'Health', Icon: IconActivity },
  { to: '/wizard', label: 'Install wizard', Icon: IconWand },
  { to: '/settings', label: 'Settings', Icon: IconSettings },
];
