export * from './guidelines.js';
export * from './outcomes.js';
export * from './published.js';
