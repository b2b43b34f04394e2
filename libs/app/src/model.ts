/** The model's ports and use cases. */
export * from './model-parts.js';
export * from './ports/attrib-store.js';
export * from './ports/barclamp-store.js';
export * from './ports/binding-store.js';
export * from './ports/catalog-store.js';
export * from './ports/commit-store.js';
export * from './ports/deployment-role-store.js';
export * from './ports/deployment-store.js';
export * from './ports/group-store.js';
export * from './ports/jig-store.js';
export * from './ports/node-role-store.js';
export * from './ports/node-store.js';
export * from './ports/role-store.js';
export * from './ports/schema-validator.js';
export * from './ports/setting-store.js';
export * from './ports/veto.js';

export * from './setting/settings.js';

export * from './installation/install-system.js';
export * from './barclamp/delete-barclamp.js';
export * from './barclamp/document.js';
export * from './barclamp/import-barclamp.js';
export type { ImportOutline } from './barclamp/plan-import.js';
export { BINDINGS_MAX, type BindResult, type BoundNodeRole } from './bind/bind-within.js';
export * from './attrib/store-outputs.js';
export * from './deployment/bulk-bind.js';
export * from './node-role/bind-role.js';
export * from './node/commit-node.js';
export * from './node/create-node.js';
export * from './node/delete-node.js';
export * from './node/preview-node-move.js';
export * from './node/propose-node.js';
export * from './node/redeploy-node.js';
export * from './node/report-inventory.js';
export * from './node/update-node.js';
