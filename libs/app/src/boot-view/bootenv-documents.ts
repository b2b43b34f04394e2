/** The boot environments as documents of the boot view. */
export { bootenvDocuments as readBootenvs } from '../bootenv/document.js';
