import { Page } from '../shell/page';
import { Tabbed, type Tab } from '../shell/tabbed';
import { EventList } from './event-list';
import { NodeThen } from './node-then';

const TABS: readonly Tab[] = [
  { value: 'events', label: 'History', view: () => <EventList /> },
  { value: 'then', label: 'A node as it was', view: () => <NodeThen /> },
];

/** What happened, and what things were at a moment of the past. */
export const EventsPage = () => (
  <Page title="Events">
    <Tabbed tabs={TABS} />
  </Page>
);
