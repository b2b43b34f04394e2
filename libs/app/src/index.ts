export * from './ports/effect-sink.js';
export * from './ports/graph-store.js';
export * from './ports/jig.js';
export * from './ports/node-session.js';
export * from './ports/run-store.js';
export * from './ports/unit-of-work.js';
export * from './ports/job-queue.js';
export * from './ports/engine-store.js';
