import type { Type } from '@nestjs/common';
import { AnnealController } from './anneal/anneal.controller.js';
import { AttribsController } from './attribs/attribs.controller.js';
import { NodeRoleAttribsController } from './attribs/node-role-attribs.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { BarclampsController } from './barclamps/barclamps.controller.js';
import { BootenvsController } from './bootenvs/bootenvs.controller.js';
import { TemplatesController } from './bootenvs/templates.controller.js';
import { CertificationsController } from './certifications/certifications.controller.js';
import { DeploymentRolesController } from './deployment-roles/deployment-roles.controller.js';
import { DeploymentsController } from './deployments/deployments.controller.js';
import { DhcpController } from './dhcp/dhcp.controller.js';
import { NetbootController } from './dhcp/netboot.controller.js';
import { DnsFiltersController } from './dns/dns-filters.controller.js';
import { DnsServersController } from './dns/dns-servers.controller.js';
import { DnsZonesController } from './dns/dns-zones.controller.js';
import { DnsController } from './dns/dns.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { EventsController } from './events/events.controller.js';
import { ExternalServicesController } from './external-services/external-services.controller.js';
import { GroupsController } from './groups/groups.controller.js';
import { GuidelinesController } from './guidelines/guidelines.controller.js';
import { HealthController } from './health/health.controller.js';
import { HooksController } from './hooks/hooks.controller.js';
import { ImageBuildsController } from './images/image-builds.controller.js';
import { LabController } from './lab/lab.controller.js';
import { ImagesController } from './images/images.controller.js';
import { InstallsController } from './installs/installs.controller.js';
import { JigsController } from './jigs/jigs.controller.js';
import { EnrolmentRulesController } from './machines/enrolment-rules.controller.js';
import { MachinesController } from './machines/machines.controller.js';
import { NetworkAllocationsController } from './networks/network-allocations.controller.js';
import { NetworkRangesController } from './networks/network-ranges.controller.js';
import { NetworkRoutersController } from './networks/network-routers.controller.js';
import { NetworksController } from './networks/networks.controller.js';
import { NodeRolesController } from './node-roles/node-roles.controller.js';
import { NodesController } from './nodes/nodes.controller.js';
import { OperationsController } from './operations/operations.controller.js';
import { PowerController } from './power/power.controller.js';
import { ProvidersController } from './providers/providers.controller.js';
import { ResultsController } from './results/results.controller.js';
import { RolesController } from './roles/roles.controller.js';
import { RolloutsController } from './rollouts/rollouts.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { SettingsController } from './settings/settings.controller.js';
import { SiteController } from './site/site.controller.js';
import { WizardController } from './site/wizard.controller.js';
import { SnapshotsController } from './snapshots/snapshots.controller.js';
import { SessionsController } from './tokens/sessions.controller.js';
import { SetupController } from './tokens/setup.controller.js';
import { TokensController } from './tokens/tokens.controller.js';
import { UsersController } from './users/users.controller.js';
import { WishesController } from './wishes/wishes.controller.js';
import { WorkersController } from './workers/workers.controller.js';

/** Every controller there is; the server refuses to start when together they serve anything but the route table. */
export const CONTROLLERS: readonly Type[] = [
  AnnealController,
  AttribsController,
  AuditController,
  BarclampsController,
  BootenvsController,
  CertificationsController,
  TemplatesController,
  DeploymentRolesController,
  DeploymentsController,
  DhcpController,
  NetbootController,
  DnsController,
  DnsFiltersController,
  DnsServersController,
  DnsZonesController,
  DocsController,
  EnrolmentRulesController,
  EventsController,
  ExternalServicesController,
  GroupsController,
  GuidelinesController,
  HealthController,
  HooksController,
  ImageBuildsController,
  ImagesController,
  InstallsController,
  JigsController,
  LabController,
  MachinesController,
  NetworkAllocationsController,
  NetworkRangesController,
  NetworkRoutersController,
  NetworksController,
  NodeRoleAttribsController,
  NodeRolesController,
  NodesController,
  OperationsController,
  PowerController,
  ProvidersController,
  ResultsController,
  RolesController,
  RolloutsController,
  RunsController,
  SessionsController,
  SettingsController,
  SetupController,
  SiteController,
  SnapshotsController,
  TokensController,
  UsersController,
  WishesController,
  WizardController,
  WorkersController,
];
