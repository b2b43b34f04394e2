export { junitDocument } from './junit.js';
export { REPORT_SCRIPT, REPORT_STYLE } from './look.js';
export { escapeMarkup } from './markup.js';
export { pagePolicy, type LookDigests } from './page.js';
export { forEverybody, type CertificationReport } from './report.js';
export { reportPage } from './report-page.js';
export { resultsPage, type PublishedResult } from './results-page.js';
