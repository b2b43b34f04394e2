/** Images that machines boot and are installed from, built on this host out of Debian packages. It knows none of our libs. */
export { apart } from './build/apart.js';
export * from './build/architecture.js';
export { cacheFolder, kept, locked, sha256Of, type Kept } from './build/cache.js';
export { DebianArchive, sourcesOf, type ArchiveOptions, type DebianPackage } from './build/debian-archive.js';
export { describeFile, type BuiltFile } from './build/described-file.js';
export { placeBootFiles, placeLoader, type PlacedFile } from './build/place-boot-files.js';
export { buildDiscovery, type DiscoveryImage, type DiscoveryOptions } from './discovery/build.js';
export { buildDiscoveryLarge, describeSecondStage, type DiscoveryLargeImage } from './discovery-large/build.js';
export { buildLocalLoader } from './local-loader/build.js';
export {
  buildOsImage,
  CONTENT_FILE,
  debianImage,
  IMAGE_SUITES,
  isImageName,
  placeOsImage,
  readBuilt,
  type BuildOptions,
  type BuiltImage,
  type ImageManifest,
  type ImageName,
  type ImageRecipe,
  type ImageWishes,
} from './os-image/index.js';
