export * from './graph/drawn.js';
export * from './world/chance.js';
export * from './world/virtual-clock.js';
export * from './graph/slice.js';
export * from './world/memory-graph.js';
export * from './world/world.js';
export * from './fleet/graph-rows.js';
