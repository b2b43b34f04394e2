/** The catalog: barclamps as YAML and scripts, read and validated into documents that the rest of Anneal stores and serves. */
export * from './document.js';
export type { CatalogFile } from './check/files.js';
export type { Known } from './known.js';
export { loadBarclamp, loadTogether, type BarclampSource, type LoadResult, type LoadTogetherResult } from './load.js';
export { describeProblem, PROBLEM_CODES, type Place, type Problem, type ProblemCode } from './problem.js';
export { loadUpload } from './load-upload.js';
export { readFolder, type ReadFilesResult } from './read-folder.js';
export { readTar } from './read-tar.js';
export { listShipped, loadShipped, shippedFolder, sourceOf } from './shipped.js';
export { loadShippedProfiles, profilesFolder, type ShippedProfile } from './shipped-profiles.js';
export { ShippedFolder } from './shipped-folder.js';
export { ShippedBootenvFolder } from './bootenv/shipped.js';
export { LiquidRenderer } from './template/liquid-renderer.js';
