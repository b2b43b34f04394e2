export * from './inventory.js';
export * from './disk-ids.js';
export * from './inventory-json.js';
export * from './read-inventory.js';
export type { InventoryProblem } from './reading.js';
