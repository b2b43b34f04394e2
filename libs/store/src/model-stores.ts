import type { Transaction } from '#app';
import { PgAttribStore } from './attrib/attrib-store.js';
import { StagePlans } from './attrib/stage-plans.js';
import { PgBarclampStore } from './barclamp/barclamp-store.js';
import { PgBindingStore } from './binding/binding-store.js';
import { PgBmcStore } from './bmc/bmc-store.js';
import { PgBootViewStore } from './boot-view/boot-view-store.js';
import { PgBootenvStore } from './bootenv/bootenv-store.js';
import { PgTemplateStore } from './bootenv/template-store.js';
import { PgCatalogStore } from './catalog/catalog-store.js';
import { PgCertificationStore } from './certification/certification-store.js';
import { PgGuidelineStore } from './certification/guideline-store.js';
import { PgCleaningStore } from './cleaning/cleaning-store.js';
import { PgCommitStore } from './commit/commit-store.js';
import { PgDeploymentRoleStore } from './deployment-role/deployment-role-store.js';
import { PgDeploymentStore } from './deployment/deployment-store.js';
import { PgExternalServiceStore } from './dns/external-service-store.js';
import { PgDnsFilterStore } from './dns/filter-store.js';
import { PgDnsRecordStore } from './dns/record-store.js';
import { PgDnsServerStore } from './dns/server-store.js';
import { PgDnsZoneStore } from './dns/zone-store.js';
import { PgGroupStore } from './group/group-store.js';
import { PgHookStore } from './hook/hook-store.js';
import { PgImageStore } from './image/image-store.js';
import { PgInstallStore } from './install/install-store.js';
import { PgJigStore } from './jig/jig-store.js';
import { PgNetworkStore } from './network/network-store.js';
import { PgEnrolmentRuleStore } from './machine/enrolment-rule-store.js';
import { PgMachineStore } from './machine/machine-store.js';
import { PgNodeNetworkRecords } from './network/node-network-records.js';
import { PgNetbootStore } from './netboot/netboot-store.js';
import { PgNodeRoleStore } from './node-role/node-role-store.js';
import { PgNodeStore } from './node/node-store.js';
import { PgProvidedNodeStore } from './provider/provided-node-store.js';
import { PgProviderStore } from './provider/provider-store.js';
import { PgRoleStore } from './role/role-store.js';
import { PgRolloutStore } from './rollout/rollout-store.js';
import { PgRunBook } from './run-book/run-book.js';
import { PgSettingStore } from './setting/setting-store.js';
import { PgKeptSecretsStore } from './secret/kept-secrets-store.js';
import { PgWorkerStore } from './worker/worker-store.js';
import type { StoreFactory } from './unit-of-work.js';

/** What each database's catalog says of staging, for as long as its connections are open. */
const stagePlans = new WeakMap<object, StagePlans>();

const stagePlansOf = (database: object): StagePlans => {
  let plans = stagePlans.get(database);
  if (!plans) stagePlans.set(database, (plans = new StagePlans()));
  return plans;
};

/** The stores of the model: give them to `PgUnitOfWork`. */
export const modelStores: StoreFactory = ({ client, manager, actor, tell }): Partial<Transaction> => ({
  settings: new PgSettingStore(client, manager),
  hooks: new PgHookStore(client),
  runBook: new PgRunBook(client),
  workers: new PgWorkerStore(client),
  jigs: new PgJigStore(client, manager),
  catalog: new PgCatalogStore(client, manager),
  barclamps: new PgBarclampStore(client, manager),
  roles: new PgRoleStore(client),
  bmcs: new PgBmcStore(client),
  keptSecrets: new PgKeptSecretsStore(client),
  nodes: new PgNodeStore(client, manager),
  deployments: new PgDeploymentStore(client, manager),
  deploymentRoles: new PgDeploymentRoleStore(client, manager, actor),
  nodeRoles: new PgNodeRoleStore(client, actor),
  attribs: new PgAttribStore(client, stagePlansOf(manager.connection)),
  commits: new PgCommitStore(client, actor),
  cleaning: new PgCleaningStore(client),
  rollouts: new PgRolloutStore(client, actor),
  groups: new PgGroupStore(client, manager),
  installs: new PgInstallStore(client),
  images: new PgImageStore(client),
  guidelines: new PgGuidelineStore(client, actor),
  certifications: new PgCertificationStore(client),
  bootenvs: new PgBootenvStore(client),
  templates: new PgTemplateStore(client),
  dnsZones: new PgDnsZoneStore(client),
  dnsRecords: new PgDnsRecordStore(client),
  dnsFilters: new PgDnsFilterStore(client),
  dnsServers: new PgDnsServerStore(client),
  externalServices: new PgExternalServiceStore(client),
  networks: new PgNetworkStore(client),
  nodeNetworks: new PgNodeNetworkRecords(client),
  bindings: new PgBindingStore(client, tell),
  bootView: new PgBootViewStore(client),
  netboot: new PgNetbootStore(client),
  machines: new PgMachineStore(client),
  enrolmentRules: new PgEnrolmentRuleStore(client),
  providers: new PgProviderStore(client),
  provided: new PgProvidedNodeStore(client),
});
