import { Page } from '../shell/page';
import { Tabbed, type Tab } from '../shell/tabbed';
import { CertificationList } from './certification-list';
import { History } from './history';
import { ImportResults } from './import-results';
import { StartCertification } from './start/start-certification';

const TABS: readonly Tab[] = [
  { value: 'certifications', label: 'Certifications', view: () => <CertificationList /> },
  { value: 'history', label: 'Over time', view: () => <History /> },
  { value: 'start', label: 'Start one', view: () => <StartCertification /> },
  { value: 'import', label: 'Take in results of others', view: () => <ImportResults /> },
];

/** Runs of test suites against clouds, and what came of them. What they come to is measured here, and approved by nobody. */
export const CertificationsPage = () => (
  <Page title="Certifications">
    <Tabbed tabs={TABS} />
  </Page>
);
