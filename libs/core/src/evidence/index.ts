export {
  checkBundle,
  MANIFEST_PATH,
  packEvidence,
  SIGNATURE_PATH,
  type BundleMeans,
  type CheckedBundle,
  type DetachedSignature,
} from './bundle.js';
export { canonicalJson } from './canonical-json.js';
export {
  makeManifest,
  printManifest,
  stableManifest,
  type EvidencePart,
  type Manifest,
  type ManifestFile,
  type Sha256,
} from './manifest.js';
export { readTar, writeTar, type TarFile } from './tar.js';
