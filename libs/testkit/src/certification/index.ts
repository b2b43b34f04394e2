export * from './guidelines.js';
export * from './outcomes.js';
