export * from './advance-installs.js';
export * from './begin-install.js';
export * from './install-secrets.js';
export * from './plan-install.js';
export * from './read-installs.js';
export * from './report-install.js';
export type { ReportGiven } from './reports.js';
export * from './steer-install.js';
