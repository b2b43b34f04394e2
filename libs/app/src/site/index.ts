export * from './apply-site.js';
export * from './show-site.js';
export * from './wizard-draft.js';
export type { Site, SiteChange } from './site.js';
