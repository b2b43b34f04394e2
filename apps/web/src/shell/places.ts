import {
  IconActivity,
  IconChecklist,
  IconCloud,
  IconDisc,
  IconFlame,
  IconHistory,
  IconNetwork,
  IconPackage,
  IconRosetteDiscountCheck,
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
  { to: '/providers', label: 'Providers', Icon: IconCloud },
  { to: '/certifications', label: 'Certifications', Icon: IconRosetteDiscountCheck },
  { to: '/guidelines', label: 'Guidelines', Icon: IconChecklist },
  { to: '/events', label: 'Events', Icon: IconHistory },
  { to: '/health', label: 'Health', Icon: IconActivity },
  { to: '/wizard', label: 'Install wizard', Icon: IconWand },
  { to: '/settings', label: 'Settings', Icon: IconSettings },
];
