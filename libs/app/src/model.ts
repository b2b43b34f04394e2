/** The model's ports and use cases. */
export * from './barclamp/document.js';
export * from './ports/barclamp-store.js';
export * from './ports/binding-store.js';
export * from './ports/catalog-store.js';
export * from './ports/deployment-role-store.js';
export * from './ports/deployment-store.js';
export * from './ports/jig-store.js';
export * from './ports/node-role-store.js';
export * from './ports/node-store.js';
export * from './ports/role-store.js';
export * from './ports/setting-store.js';
export * from './setting/settings.js';
