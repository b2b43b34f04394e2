export * from './address.js';
export * from './allocate.js';
export * from './conduit.js';
export * from './free-spans.js';
export * from './ipv6.js';
export * from './range.js';
export * from './subnet.js';
export * from './conflicts.js';
