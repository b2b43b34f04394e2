export * from './ports/effect-sink.js';
export * from './ports/jig.js';
export * from './ports/node-session.js';
