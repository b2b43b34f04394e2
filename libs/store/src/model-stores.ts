import type { Transaction } from '#app';
import { PgBarclampStore } from './barclamp/barclamp-store.js';
import { PgBindingStore } from './binding/binding-store.js';
import { PgCatalogStore } from './catalog/catalog-store.js';
import { PgDeploymentRoleStore } from './deployment-role/deployment-role-store.js';
import { PgDeploymentStore } from './deployment/deployment-store.js';
import { PgJigStore } from './jig/jig-store.js';
import { PgNodeRoleStore } from './node-role/node-role-store.js';
import { PgNodeStore } from './node/node-store.js';
import { PgRoleStore } from './role/role-store.js';
import { PgSettingStore } from './setting/setting-store.js';
import type { StoreFactory } from './unit-of-work.js';

/** The stores of the model: give them to `PgUnitOfWork`. */
export const modelStores: StoreFactory = ({ client, manager, actor, tell }): Partial<Transaction> => ({
  settings: new PgSettingStore(client, manager),
  jigs: new PgJigStore(client, manager),
  catalog: new PgCatalogStore(client, manager),
  barclamps: new PgBarclampStore(client, manager),
  roles: new PgRoleStore(client),
  nodes: new PgNodeStore(client, manager),
  deployments: new PgDeploymentStore(client, manager),
  deploymentRoles: new PgDeploymentRoleStore(client, manager, actor),
  nodeRoles: new PgNodeRoleStore(client, actor),
  bindings: new PgBindingStore(client, tell),
});
