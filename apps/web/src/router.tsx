import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Shell } from './shell/shell';

/** The addresses of the interface. Each page is loaded when somebody goes there. */
const root = createRootRoute({ component: Shell });
const under = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/annealer' });
  },
});

const routes = [
  home,
  under(
    '/annealer',
    lazyRouteComponent(() => import('./annealer/annealer-page'), 'AnnealerPage'),
  ),
  under(
    '/deployments',
    lazyRouteComponent(() => import('./deployments/deployments-page'), 'DeploymentsPage'),
  ),
  under(
    '/deployments/$key',
    lazyRouteComponent(() => import('./deployments/deployment-page'), 'DeploymentPage'),
  ),
  under(
    '/nodes',
    lazyRouteComponent(() => import('./nodes/nodes-page'), 'NodesPage'),
  ),
  under(
    '/nodes/$key',
    lazyRouteComponent(() => import('./nodes/node-page'), 'NodePage'),
  ),
  under(
    '/node-roles/$key',
    lazyRouteComponent(() => import('./node-roles/node-role-page'), 'NodeRolePage'),
  ),
  under(
    '/runs/$key',
    lazyRouteComponent(() => import('./runs/run-page'), 'RunPage'),
  ),
  under(
    '/networks',
    lazyRouteComponent(() => import('./networks/networks-page'), 'NetworksPage'),
  ),
  under(
    '/networks/$key',
    lazyRouteComponent(() => import('./networks/network-page'), 'NetworkPage'),
  ),
  under(
    '/barclamps',
    lazyRouteComponent(() => import('./barclamps/barclamps-page'), 'BarclampsPage'),
  ),
  under(
    '/bootenvs',
    lazyRouteComponent(() => import('./boot/boot-page'), 'BootPage'),
  ),
  under(
    '/bootenvs/$key',
    lazyRouteComponent(() => import('./boot/bootenv-page'), 'BootenvPage'),
  ),
  under(
    '/certifications',
    lazyRouteComponent(() => import('./certifications/certifications-page'), 'CertificationsPage'),
  ),
  under(
    '/certifications/$key',
    lazyRouteComponent(() => import('./certifications/certification-page'), 'CertificationPage'),
  ),
  under(
    '/guidelines',
    lazyRouteComponent(() => import('./guidelines/guidelines-page'), 'GuidelinesPage'),
  ),
  under(
    '/guidelines/$key',
    lazyRouteComponent(() => import('./guidelines/guideline-page'), 'GuidelinePage'),
  ),
  under(
    '/providers',
    lazyRouteComponent(() => import('./providers/providers-page'), 'ProvidersPage'),
  ),
  under(
    '/providers/$key',
    lazyRouteComponent(() => import('./providers/provider-page'), 'ProviderPage'),
  ),
  under(
    '/events',
    lazyRouteComponent(() => import('./events/events-page'), 'EventsPage'),
  ),
  under(
    '/health',
    lazyRouteComponent(() => import('./health/health-page'), 'HealthPage'),
  ),
  under(
    '/settings',
    lazyRouteComponent(() => import('./settings/settings-page'), 'SettingsPage'),
  ),
  under(
    '/wizard',
    lazyRouteComponent(() => import('./wizard/wizard-page'), 'WizardPage'),
  ),
];

export const router = createRouter({ routeTree: root.addChildren(routes), defaultPreload: 'intent' });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
