import { annealRoutes } from './anneal.js';
import { attribRoutes } from './attribs.js';
import { auditRoutes } from './audit.js';
import { barclampRoutes } from './barclamps.js';
import { certificationRoutes } from './certifications.js';
import { guidelineRoutes } from './guidelines.js';
import { resultRoutes } from './results.js';
import type { Route } from './base/route.js';
import { deploymentRoleRoutes } from './deployment-roles.js';
import { deploymentRoutes } from './deployments.js';
import { bootenvRoutes, templateRoutes } from './bootenvs.js';
import { dhcpRoutes, netbootRoutes } from './dhcp.js';
import { dnsFilterRoutes, dnsRoutes, dnsServerRoutes, dnsZoneRoutes } from './dns.js';
import { eventRoutes } from './events.js';
import { externalServiceRoutes } from './external-services.js';
import { groupRoutes } from './groups.js';
import { docsRoutes, healthRoutes } from './health.js';
import { hookRoutes } from './hooks.js';
import { imageBuildRoutes } from './image-builds.js';
import { labRoutes } from './lab.js';
import { imageRoutes } from './images.js';
import { installRoutes } from './installs.js';
import { jigRoutes } from './jigs.js';
import { enrolmentRuleRoutes, machineRoutes } from './machines.js';
import { networkAllocationRoutes } from './network-allocations.js';
import { networkRangeRoutes } from './network-ranges.js';
import { networkRouterRoutes } from './network-routers.js';
import { networkRoutes } from './networks.js';
import { nodeRoleRoutes } from './node-roles.js';
import { nodeRoutes } from './nodes.js';
import { operationRoutes } from './operations.js';
import { powerRoutes } from './power.js';
import { providerRoutes } from './providers.js';
import { roleRoutes } from './roles.js';
import { rolloutRoutes } from './rollouts.js';
import { runRoutes } from './runs.js';
import { settingRoutes } from './settings.js';
import { siteRoutes, wizardRoutes } from './site.js';
import { snapshotRoutes } from './snapshots.js';
import { sessionRoutes, setupRoutes, tokenRoutes } from './tokens.js';
import { userRoutes } from './users.js';
import { wishRoutes } from './wishes.js';
import { workerRoutes } from './workers.js';

/** Every route there is, resource by resource, in the order in which the documentation shows them. */
export const allRoutes: readonly Route[] = [
  nodeRoutes,
  powerRoutes,
  machineRoutes,
  enrolmentRuleRoutes,
  providerRoutes,
  deploymentRoutes,
  snapshotRoutes,
  wishRoutes,
  deploymentRoleRoutes,
  nodeRoleRoutes,
  runRoutes,
  installRoutes,
  rolloutRoutes,
  guidelineRoutes,
  certificationRoutes,
  resultRoutes,
  annealRoutes,
  workerRoutes,
  operationRoutes,
  eventRoutes,
  hookRoutes,
  barclampRoutes,
  roleRoutes,
  attribRoutes,
  jigRoutes,
  groupRoutes,
  networkRoutes,
  networkRangeRoutes,
  networkRouterRoutes,
  networkAllocationRoutes,
  imageBuildRoutes,
  imageRoutes,
  bootenvRoutes,
  templateRoutes,
  dhcpRoutes,
  netbootRoutes,
  dnsRoutes,
  dnsFilterRoutes,
  dnsZoneRoutes,
  dnsServerRoutes,
  externalServiceRoutes,
  settingRoutes,
  siteRoutes,
  wizardRoutes,
  labRoutes,
  setupRoutes,
  sessionRoutes,
  userRoutes,
  tokenRoutes,
  auditRoutes,
  healthRoutes,
  docsRoutes,
].flatMap((table): Route[] => Object.values(table));
