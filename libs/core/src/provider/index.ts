export * from './accounts.js';
export * from './offer.js';
export * from './pick.js';
export * from './report.js';
export * from './steps.js';
